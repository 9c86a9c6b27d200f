package dev.doorward.transport.tls;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The two facts of a ClientHello (RFC 8446 section 4.1.2) that choose a context. Read strictly:
 * every length must fit exactly, an extension may come once, there is at most one server name.
 *
 * @param serverName lower-case SNI name (RFC 6066 section 3), empty where there is none
 * @param protocols ALPN names in the client's order (RFC 7301); empty where there is no extension
 */
record ClientHello(Optional<String> serverName, List<String> protocols) {
  /** Largest ClientHello with its record headers, in bytes. */
  static final int MAX_BYTES = 16 * 1024;

  private static final int RECORD_HEADER = 5;
  private static final int HANDSHAKE_HEADER = 4;
  private static final int HANDSHAKE = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int SERVER_NAME = 0;
  private static final int ALPN = 16;
  private static final Pattern HOST = Pattern.compile("[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*");

  /** What the bytes so far are. */
  sealed interface Reading {
    /** More bytes are needed. */
    record Incomplete() implements Reading {}

    /** No ClientHello of the kind that is served; close. */
    record Refused() implements Reading {}

    /** Whole. */
    record Whole(ClientHello hello) implements Reading {}
  }

  private static final Reading INCOMPLETE = new Reading.Incomplete();
  private static final Reading REFUSED = new Reading.Refused();

  /** Looks at the first bytes of a connection; borrows {@code in} and moves no index of it. */
  static Reading read(ByteBuf in) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    ByteBuf message = in.alloc().heapBuffer(512, MAX_BYTES);
    try {
      int wanted = -1;
      while (end - at >= RECORD_HEADER) {
        int length = in.getUnsignedShort(at + 3);
        boolean whole =
            in.getUnsignedByte(at) == HANDSHAKE
                && in.getUnsignedByte(at + 1) == 3
                && length > 0
                && at - in.readerIndex() + RECORD_HEADER + length <= MAX_BYTES;
        if (!whole) {
          return REFUSED;
        }
        int available = Math.min(length, end - at - RECORD_HEADER);
        message.writeBytes(in, at + RECORD_HEADER, available);
        if (wanted < 0 && message.readableBytes() >= HANDSHAKE_HEADER) {
          wanted = HANDSHAKE_HEADER + message.getUnsignedMedium(1);
          if (message.getUnsignedByte(0) != CLIENT_HELLO || wanted > MAX_BYTES) {
            return REFUSED;
          }
        }
        if (wanted >= 0 && message.readableBytes() >= wanted) {
          // Anything behind the hello in these records would be a second message: nobody sends it.
          return message.readableBytes() == wanted
              ? whole(parse(message.skipBytes(HANDSHAKE_HEADER)))
              : REFUSED;
        }
        if (available < length) {
          return INCOMPLETE;
        }
        at += RECORD_HEADER + length;
      }
      return in.isReadable() && in.getUnsignedByte(in.readerIndex()) != HANDSHAKE
          ? REFUSED
          : INCOMPLETE;
    } finally {
      message.release();
    }
  }

  private static Reading whole(@Nullable ClientHello hello) {
    return hello == null ? REFUSED : new Reading.Whole(hello);
  }

  private static @Nullable ClientHello parse(ByteBuf hello) {
    if (!skip(hello, 2 + 32)
        || !skipVector8(hello)
        || !skipVector16(hello)
        || !skipVector8(hello)) {
      return null;
    }
    if (!hello.isReadable()) {
      return new ClientHello(Optional.empty(), List.of());
    }
    ByteBuf extensions = vector16(hello);
    if (extensions == null || hello.isReadable()) {
      return null;
    }
    String name = null;
    List<String> protocols = null;
    while (extensions.isReadable()) {
      if (extensions.readableBytes() < 4) {
        return null;
      }
      int type = extensions.readUnsignedShort();
      ByteBuf body = vector16(extensions);
      if (body == null) {
        return null;
      }
      if (type == SERVER_NAME) {
        String read = serverName(body);
        if (name != null || read == null) {
          return null;
        }
        name = read;
      } else if (type == ALPN) {
        List<String> read = protocols(body);
        if (protocols != null || read == null) {
          return null;
        }
        protocols = read;
      }
    }
    return new ClientHello(
        Optional.ofNullable(name), protocols == null ? List.of() : List.copyOf(protocols));
  }

  private static @Nullable String serverName(ByteBuf body) {
    ByteBuf list = vector16(body);
    if (list == null || body.isReadable() || list.readableBytes() < 3 || list.readByte() != 0) {
      return null;
    }
    ByteBuf name = vector16(list);
    if (name == null || list.isReadable() || name.readableBytes() > 253) {
      return null;
    }
    String text = name.toString(StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    return HOST.matcher(text).matches() ? text : null;
  }

  private static @Nullable List<String> protocols(ByteBuf body) {
    ByteBuf list = vector16(body);
    if (list == null || body.isReadable() || !list.isReadable()) {
      return null;
    }
    List<String> names = new ArrayList<>();
    while (list.isReadable()) {
      int length = list.readUnsignedByte();
      if (length == 0 || length > list.readableBytes()) {
        return null;
      }
      names.add(list.readCharSequence(length, StandardCharsets.ISO_8859_1).toString());
    }
    return names;
  }

  private static boolean skip(ByteBuf in, int bytes) {
    if (in.readableBytes() < bytes) {
      return false;
    }
    in.skipBytes(bytes);
    return true;
  }

  private static boolean skipVector8(ByteBuf in) {
    return in.isReadable() && skip(in, in.readUnsignedByte());
  }

  private static boolean skipVector16(ByteBuf in) {
    return vector16(in) != null;
  }

  private static @Nullable ByteBuf vector16(ByteBuf in) {
    if (in.readableBytes() < 2) {
      return null;
    }
    int length = in.readUnsignedShort();
    return in.readableBytes() < length ? null : in.readSlice(length);
  }
}
