package dev.doorward.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

class ClientHelloTest {
  /** A ClientHello as the JDK writes it. */
  private static byte[] hello(String name, String... protocols) throws Exception {
    SslContext context = SslContextBuilder.forClient().sslProvider(SslProvider.JDK).build();
    SSLEngine engine = context.newEngine(io.netty.buffer.ByteBufAllocator.DEFAULT, name, 443);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    engine.setSSLParameters(parameters);
    engine.beginHandshake();
    ByteBuffer out = ByteBuffer.allocate(20_000);
    engine.wrap(ByteBuffer.allocate(0), out);
    return Arrays.copyOf(out.array(), out.position());
  }

  private static ClientHello.Reading read(byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    try {
      ClientHello.Reading reading = ClientHello.read(in);
      assertThat(in.readableBytes()).isEqualTo(bytes.length);
      return reading;
    } finally {
      in.release();
    }
  }

  /** The same message in records of at most {@code size} bytes. */
  private static byte[] fragmented(byte[] record, int size) {
    ByteBuf out = Unpooled.buffer();
    for (int at = 5; at < record.length; at += size) {
      int length = Math.min(size, record.length - at);
      out.writeByte(22).writeShort(0x0301).writeShort(length).writeBytes(record, at, length);
    }
    return ByteBufUtil.getBytes(out);
  }

  @Test
  void nameAndProtocolsAreReadHoweverTheRecordsAreCut() throws Exception {
    byte[] hello = hello("Mcp.Example", "h2", "http/1.1");
    ClientHello expected = new ClientHello(Optional.of("mcp.example"), List.of("h2", "http/1.1"));

    assertThat(read(hello)).isEqualTo(new ClientHello.Reading.Whole(expected));
    for (int size : new int[] {1, 3, 4, 5, 17, 100}) {
      assertThat(read(fragmented(hello, size))).isEqualTo(new ClientHello.Reading.Whole(expected));
    }
  }

  @Test
  void everyBeginningIsIncomplete() throws Exception {
    byte[] hello = hello("mcp.example", "h2");

    for (int length = 0; length < hello.length; length++) {
      assertThat(read(Arrays.copyOf(hello, length)))
          .as("%s bytes", length)
          .isInstanceOf(ClientHello.Reading.Incomplete.class);
    }
  }

  @Test
  void aSecondMessageInTheSameRecordIsRefused() throws Exception {
    byte[] hello = hello("mcp.example", "h2");
    byte[] longer = Arrays.copyOf(hello, hello.length + 4);
    int length = longer.length - 5;
    longer[3] = (byte) (length >> 8);
    longer[4] = (byte) length;

    assertThat(read(longer)).isInstanceOf(ClientHello.Reading.Refused.class);
  }

  @Test
  void randomChangesNeverThrowAndNeverInventANameOfOurs() throws Exception {
    byte[] hello = hello("mcp.example", "h2", "http/1.1");
    Random random = new Random(42);
    for (int round = 0; round < 50_000; round++) {
      byte[] changed = hello.clone();
      int changes = 1 + random.nextInt(4);
      for (int i = 0; i < changes; i++) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      if (random.nextInt(4) == 0) {
        changed = Arrays.copyOf(changed, random.nextInt(changed.length + 1));
      }
      if (read(changed) instanceof ClientHello.Reading.Whole(ClientHello read)) {
        assertThat(read.serverName()).isNotEqualTo(Optional.of(LinkTls.SERVER_NAME));
        assertThat(read.protocols()).noneMatch(p -> p.startsWith("doorward-"));
      }
    }
  }

  @Test
  void noiseNeverThrows() {
    Random random = new Random(43);
    for (int round = 0; round < 50_000; round++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      if (noise.length > 9 && random.nextBoolean()) {
        noise[0] = 22;
        noise[1] = 3;
        noise[3] = 0;
        noise[4] = (byte) (noise.length - 5);
        noise[5] = 1;
        noise[6] = 0;
        noise[7] = 0;
        noise[8] = (byte) (noise.length - 9);
      }
      assertThat(read(noise)).isNotNull();
    }
  }
}
