package dev.lanekeeper.cli;

import dev.lanekeeper.api.Applied;
import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.DocumentException;
import dev.lanekeeper.api.Documents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lanekeeper apply -f}: all documents at once, or none. */
@Command(name = "apply", description = "Apply documents (YAML or JSON): all of them, or none.")
final class Apply extends RemoteCommand {
  private static final String STANDARD_INPUT = "-";

  @Option(names = {"-f",
      "--file"}, required = true, paramLabel = "FILE", description = "A file, a directory (its *.yaml, *.yml and *.json), or - for standard input; may stand several times.") private List<String> files =
          new ArrayList<>();

  Apply(Session session) {
    super(session);
  }

  @Override
  int run(ControlPlaneClient client) throws IOException, DocumentException {
    List<Document> documents = new ArrayList<>();
    for (String file : files) {
      documents.addAll(read(file));
    }
    Applied applied = client.apply(documents);
    output().show(screen(), () -> Json.of(applied), () -> print(applied));
    return ExitCode.OK;
  }

  private List<Document> read(String name) throws IOException, DocumentException {
    if (name.equals(STANDARD_INPUT)) {
      return Documents.read("standard input", new String(session().in().readAllBytes(), StandardCharsets.UTF_8));
    }
    Path path = Path.of(name);
    if (!Files.isReadable(path)) {
      throw new UsageException("--file: " + name + " (expected: a file or directory that can be read)");
    }
    if (!Files.isDirectory(path)) {
      return Documents.read(path);
    }
    List<Document> documents = new ArrayList<>();
    for (Path file : documentsIn(path)) {
      documents.addAll(Documents.read(file));
    }
    return documents;
  }

  private static List<Path> documentsIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found = files.filter(file -> file.toString().matches(".*\\.(yaml|yml|json)")).sorted().toList();
      if (found.isEmpty()) {
        throw new UsageException("--file: " + directory + " (expected: a directory with *.yaml, *.yml or *.json)");
      }
      return found;
    }
  }

  private void print(Applied applied) {
    for (Applied.Result result : applied.results()) {
      screen().line(result.kind() + " " + screen().bold(result.name()) + (result.changed() ? " applied" : " unchanged")
          + ", revision " + result.revision());
    }
  }
}
