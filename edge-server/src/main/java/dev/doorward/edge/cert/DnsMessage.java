package dev.doorward.edge.cert;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Writes the parts of a DNS message (RFC 1035 section 4), names uncompressed and in lower case. */
final class DnsMessage {
  static final int TXT = 16;
  static final int SOA = 6;
  static final int TSIG = 250;
  static final int IN = 1;
  static final int NONE = 254;
  static final int ANY = 255;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  DnsMessage u8(int value) {
    return write(o -> o.writeByte(value));
  }

  DnsMessage u16(int value) {
    return write(o -> o.writeShort(value));
  }

  DnsMessage u32(long value) {
    return write(o -> o.writeInt((int) value));
  }

  /** 48 bits, as TSIG writes times. */
  DnsMessage u48(long value) {
    return u16((int) (value >> 32)).u32(value);
  }

  DnsMessage raw(byte[] value) {
    return write(o -> o.write(value));
  }

  /** A domain name; labels are at most 63 bytes, which its callers have checked. */
  DnsMessage name(String name) {
    for (String label : name.toLowerCase(Locale.ROOT).split("\\.", -1)) {
      byte[] text = label.getBytes(StandardCharsets.US_ASCII);
      if (text.length == 0 || text.length > 63) {
        throw new IllegalArgumentException("not a domain name");
      }
      u8(text.length).raw(text);
    }
    return u8(0);
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }

  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  private DnsMessage write(Writing writing) {
    try {
      writing.to(out);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
