package dev.doorward.edge.main;

import java.nio.file.Path;

/**
 * The service that systemd runs the edge as: a user of its own, one capability (ports below 1024),
 * one directory that it may write, and nothing else of the machine.
 *
 * @param launcher absolute path of {@code doorward}
 * @param config absolute path of edge.yaml
 * @param dataDir absolute path of the data directory
 */
record SystemdUnit(Path launcher, Path config, String user, Path dataDir) {
  /** Name of the unit. */
  static final String NAME = "doorward-edge.service";

  private static final Path STATE = Path.of("/var/lib");

  /** The text of the unit. */
  String text() {
    boolean ours = STATE.equals(dataDir.getParent());
    String writable =
        ours
            ? "StateDirectory=" + dataDir.getFileName() + "\nStateDirectoryMode=0700"
            : "ReadWritePaths=\"" + dataDir + "\"";
    return """
    # Written by: doorward edge install. Changes of yours belong into: systemctl edit %1$s
    [Unit]
    Description=Doorward edge
    Documentation=file:%2$s/README.md
    Wants=network-online.target
    After=network-online.target

    [Service]
    Type=exec
    User=%3$s
    Group=%3$s
    ExecStart="%4$s" edge --config "%5$s"
    Environment=HOME=%6$s
    Environment=DOORWARD_DATA_DIR=%6$s
    Restart=on-failure
    RestartSec=5
    KillMode=mixed
    TimeoutStopSec=60
    LimitNOFILE=65536
    UMask=0077
    %7$s

    AmbientCapabilities=CAP_NET_BIND_SERVICE
    CapabilityBoundingSet=CAP_NET_BIND_SERVICE
    NoNewPrivileges=yes
    ProtectSystem=strict
    ProtectHome=yes
    ProtectClock=yes
    ProtectHostname=yes
    ProtectControlGroups=yes
    ProtectKernelLogs=yes
    ProtectKernelModules=yes
    ProtectKernelTunables=yes
    ProtectProc=invisible
    PrivateTmp=yes
    PrivateDevices=yes
    DevicePolicy=closed
    KeyringMode=private
    LockPersonality=yes
    RemoveIPC=yes
    RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
    RestrictNamespaces=yes
    RestrictRealtime=yes
    RestrictSUIDSGID=yes
    SystemCallArchitectures=native
    SystemCallErrorNumber=EPERM
    SystemCallFilter=@system-service
    SystemCallFilter=~@privileged @resources

    [Install]
    WantedBy=multi-user.target
    """
        .formatted(NAME, launcher.getParent(), user, launcher, config, dataDir, writable);
  }
}
