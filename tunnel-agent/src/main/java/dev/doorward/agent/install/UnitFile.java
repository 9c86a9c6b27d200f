package dev.doorward.agent.install;

/** The text of the unit. Pure. */
final class UnitFile {
  private UnitFile() {}

  static String of(Installation installation) {
    String command =
        installation.launcher()
            + " agent run --data-dir "
            + installation.dataDir()
            + installation.config().map(file -> " --config " + file).orElse("");
    return """
    # Written by 'doorward agent install', which writes it anew; your own changes belong into
    # 'systemctl edit %1$s'.
    [Unit]
    Description=Doorward agent: offers MCP servers of this machine through an edge
    After=network-online.target nss-lookup.target
    Wants=network-online.target
    StartLimitIntervalSec=0

    [Service]
    Type=exec
    User=%2$s
    Group=%2$s
    Environment=JAVA_HOME=%3$s
    Environment=HOME=%4$s
    WorkingDirectory=%4$s
    ExecStart=%5$s
    Restart=always
    RestartSec=5
    # The exit code of Java after SIGTERM; running calls have limits.drain to end.
    SuccessExitStatus=143
    TimeoutStopSec=90
    # What the agent has started ends with it.
    KillMode=mixed
    UMask=0077
    LimitNOFILE=65536
    TasksMax=1024
    MemoryMax=1G

    # It sees the machine read-only, without homes, devices and other processes, and writes to its
    # own directory alone. A stdio server that needs more: 'systemctl edit', e.g.
    # ReadWritePaths=/srv/notes, or ProtectHome=read-only.
    ReadWritePaths=%4$s
    ProtectSystem=strict
    ProtectHome=yes
    PrivateTmp=yes
    PrivateDevices=yes
    DevicePolicy=closed
    PrivateUsers=yes
    PrivateIPC=yes
    PrivateMounts=yes
    ProtectProc=invisible
    ProtectClock=yes
    ProtectHostname=yes
    ProtectKernelLogs=yes
    ProtectKernelModules=yes
    ProtectKernelTunables=yes
    ProtectControlGroups=yes
    NoNewPrivileges=yes
    CapabilityBoundingSet=
    AmbientCapabilities=
    KeyringMode=private
    LockPersonality=yes
    RemoveIPC=yes
    RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
    RestrictNamespaces=yes
    RestrictRealtime=yes
    RestrictSUIDSGID=yes
    SystemCallArchitectures=native
    SystemCallFilter=@system-service
    SystemCallFilter=~@privileged @resources
    SystemCallErrorNumber=EPERM
    # Not MemoryDenyWriteExecute: Java compiles while it runs.

    [Install]
    WantedBy=multi-user.target
    """
        .formatted(
            Installation.UNIT,
            installation.user(),
            installation.javaHome(),
            installation.dataDir(),
            command);
  }
}
