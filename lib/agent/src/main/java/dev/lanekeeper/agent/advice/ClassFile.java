package dev.lanekeeper.agent.advice;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The names in a class file (Java Virtual Machine Specification, 4.1 and 4.4).
 *
 * @param parents what the class extends and implements
 * @param referred every class that it names
 */
record ClassFile(List<String> parents, List<String> referred) {

  private static final int UTF8 = 1;
  private static final int LONG = 5;
  private static final int DOUBLE = 6;
  private static final int CLASS = 7;
  private static final int STRING = 8;
  private static final int METHOD_HANDLE = 15;
  private static final int METHOD_TYPE = 16;
  private static final int MODULE = 19;
  private static final int PACKAGE = 20;
  private static final int VERSIONS_BYTES = 8;

  /**
   * Reads a class file.
   *
   * @throws IOException if it ends too early
   */
  static ClassFile read(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    data.skipNBytes(VERSIONS_BYTES);
    int count = data.readUnsignedShort();
    String[] texts = new String[count];
    int[] classes = new int[count];
    for (int item = 1; item < count; item++) {
      int kind = data.readUnsignedByte();
      if (kind == UTF8) {
        texts[item] = data.readUTF();
      } else if (kind == CLASS) {
        classes[item] = data.readUnsignedShort();
      } else {
        data.skipNBytes(size(kind));
        item += kind == LONG || kind == DOUBLE ? 1 : 0; // these two take two places
      }
    }
    data.skipNBytes(Short.BYTES + Short.BYTES); // access flags, this class
    List<String> parents = new ArrayList<>();
    addName(parents, texts, classes, data.readUnsignedShort());
    int interfaces = data.readUnsignedShort();
    for (int i = 0; i < interfaces; i++) {
      addName(parents, texts, classes, data.readUnsignedShort());
    }
    List<String> referred = new ArrayList<>();
    for (int item = 1; item < count; item++) {
      addName(referred, texts, classes, item);
    }
    return new ClassFile(parents, referred);
  }

  private static void addName(List<String> names, String[] texts, int[] classes, int item) {
    if (classes[item] != 0) {
      names.add(texts[classes[item]].replace('/', '.'));
    }
  }

  private static int size(int kind) {
    return switch (kind) {
      case STRING, METHOD_TYPE, MODULE, PACKAGE -> 2;
      case METHOD_HANDLE -> 3;
      case LONG, DOUBLE -> 8;
      default -> 4; // numbers, references and dynamic ones
    };
  }
}
