package dev.lanekeeper.gateway.mocks;

import com.github.tomakehurst.wiremock.common.BinaryFile;
import com.github.tomakehurst.wiremock.common.FileSource;
import com.github.tomakehurst.wiremock.common.TextFile;
import java.net.URI;
import java.util.List;

/** INVARIANT: stubs read and write no files of the gateway's machine. */
final class NoFiles implements FileSource {

  @Override
  public BinaryFile getBinaryFileNamed(String name) {
    throw refused();
  }

  @Override
  public TextFile getTextFileNamed(String name) {
    throw refused();
  }

  @Override
  public void createIfNecessary() {
    // There is nothing to create.
  }

  @Override
  public FileSource child(String subDirectoryName) {
    return this;
  }

  @Override
  public String getPath() {
    return "none";
  }

  @Override
  public URI getUri() {
    return URI.create("none:/");
  }

  @Override
  public List<TextFile> listFilesRecursively() {
    return List.of();
  }

  @Override
  public void writeTextFile(String name, String contents) {
    throw refused();
  }

  @Override
  public void writeBinaryFile(String name, byte[] contents) {
    throw refused();
  }

  @Override
  public boolean exists() {
    return false;
  }

  @Override
  public void deleteFile(String name) {
    throw refused();
  }

  private static IllegalStateException refused() {
    return new IllegalStateException("stubs read and write no files (expected: body, jsonBody or base64Body)");
  }
}
