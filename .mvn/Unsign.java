import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Takes the signatures out of the jars of a folder: {@code Unsign FOLDER...}. Maven has checked what it fetched; the
 * virtual machine would hash every class again at every start and keep none of them in its archive of loaded classes,
 * which for Bouncy Castle is a second of processor time.
 */
class Unsign {
  public static void main(String[] args) throws IOException {
    for (String folder : args) {
      try (var jars = Files.newDirectoryStream(Path.of(folder), "*.jar")) {
        for (Path jar : jars) {
          byte[] before = Files.readAllBytes(jar);
          if (signed(before)) {
            Path draft = jar.resolveSibling(jar.getFileName() + ".new");
            Files.write(draft, unsigned(before));
            Files.move(draft, jar, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
          }
        }
      }
    }
  }

  private static boolean isSignature(String name) {
    return name.matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
  }

  private static boolean signed(byte[] jar) throws IOException {
    try (var in = new ZipInputStream(new ByteArrayInputStream(jar))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (isSignature(entry.getName())) {
          return true;
        }
        if (!entry.getName().startsWith("META-INF/")) {
          return false; // signatures come first
        }
      }
    }
    return false;
  }

  private static byte[] unsigned(byte[] jar) throws IOException {
    var bytes = new ByteArrayOutputStream(jar.length);
    try (var in = new ZipInputStream(new ByteArrayInputStream(jar)); var out = new ZipOutputStream(bytes)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (isSignature(entry.getName())) {
          continue;
        }
        out.putNextEntry(new ZipEntry(entry.getName()));
        if (entry.getName().equals("META-INF/MANIFEST.MF")) {
          var main = new Manifest();
          for (var attribute : new Manifest(in).getMainAttributes().entrySet()) {
            main.getMainAttributes().put((Attributes.Name) attribute.getKey(), attribute.getValue());
          }
          main.write(out);
        } else {
          in.transferTo(out);
        }
      }
    }
    return bytes.toByteArray();
  }
}
