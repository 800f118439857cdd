package dev.lanekeeper.gateway.http;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a head, or of trailers, in their order. Names keep their case; values are without the space around them.
 *
 * <p>Reused by its connection for one message after the other. Whoever passes a message on takes out what must not go ({@link #drop}),
 * and writes the rest with what it has to add.
 */
public final class Fields {

  private static final int PARTS = 4;
  private static final int USUAL_FIELDS = 32;
  private static final int USUAL_BYTES = 1024;
  private static final int LARGE = 8 * USUAL_BYTES;

  private byte[] bytes;
  private int end;
  private int[] parts = new int[PARTS * USUAL_FIELDS];
  private @Nullable FieldName[] names = new FieldName[USUAL_FIELDS];
  private boolean[] dropped = new boolean[USUAL_FIELDS];
  private int count;
  /** Which of the names that matter stand here, a bit for each, those of dropped fields too: most are looked for in vain. */
  private long present;

  /** No fields; {@code size}: how many bytes they will take, as a rule. */
  public Fields(int size) {
    bytes = new byte[size];
  }

  /** As it was when it was made. */
  public void clear() {
    count = 0;
    end = 0;
    present = 0;
    if (bytes.length > LARGE) {
      bytes = new byte[USUAL_BYTES]; // one large head is no reason to keep that much for all that follow
    }
  }

  /** Where the bytes are; valid until more are added. */
  public byte[] bytes() {
    return bytes;
  }

  /** Behind the last byte. */
  public int end() {
    return end;
  }

  /** Makes room for more bytes, and returns where they are to go: behind {@link #end}. */
  public byte[] room(int more) {
    if (bytes.length - end < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, end + more));
    }
    return bytes;
  }

  /** More bytes were written. */
  public void grown(int more) {
    end += more;
  }

  /** What was written behind this is of no use. */
  public void truncate(int newEnd) {
    end = newEnd;
  }

  /** Marks a field that stands in the bytes. */
  public void mark(int nameFrom, int nameEnd, int valueFrom, int valueEnd) {
    mark(FieldName.of(bytes, nameFrom, nameEnd), nameFrom, nameEnd, valueFrom, valueEnd);
  }

  private void mark(@Nullable FieldName name, int nameFrom, int nameEnd, int valueFrom, int valueEnd) {
    if (count == names.length) {
      parts = Arrays.copyOf(parts, 2 * parts.length);
      names = Arrays.copyOf(names, 2 * names.length);
      dropped = Arrays.copyOf(dropped, 2 * dropped.length);
    }
    int at = PARTS * count;
    parts[at] = nameFrom;
    parts[at + 1] = nameEnd;
    parts[at + 2] = valueFrom;
    parts[at + 3] = valueEnd;
    names[count] = name;
    dropped[count] = false;
    count++;
    if (name != null) {
      present |= name.bit();
    }
  }

  /** Whether a field of this name was there, taken out meanwhile or not. */
  public boolean has(FieldName name) {
    return (present & name.bit()) != 0;
  }

  /** Adds a field. */
  public void add(CharSequence name, CharSequence value) {
    int nameFrom = append(name);
    int nameEnd = end;
    int valueFrom = append(value);
    mark(nameFrom, nameEnd, valueFrom, end);
  }

  /** Adds one of the fields that matter. */
  public void add(FieldName name, String value) {
    add(name, value, "");
  }

  /** Adds one of the fields that matter; its value in two parts. */
  public void add(FieldName name, String value, String more) {
    int nameFrom = append(name.text());
    int nameEnd = end;
    int valueFrom = append(value);
    append(more);
    mark(name, nameFrom, nameEnd, valueFrom, end);
  }

  /** Adds a text to the bytes; returns where it begins. */
  public int append(CharSequence text) {
    int from = end;
    int length = text.length();
    room(length);
    if (text instanceof String string) {
      latin1(string, from);
    } else {
      for (int i = 0; i < length; i++) {
        bytes[from + i] = (byte) text.charAt(i);
      }
    }
    end = from + length;
    return from;
  }

  /** Copies the lower byte of each character: all there is of what stands in a head. */
  @SuppressWarnings("deprecation") // it is for what is not Latin-1, and nothing else copies without an array in between
  private void latin1(String text, int at) {
    text.getBytes(0, text.length(), bytes, at);
  }

  /** How many there are, the dropped ones too. */
  public int count() {
    return count;
  }

  /** Takes one out. */
  public void drop(int i) {
    dropped[i] = true;
  }

  /** Whether one was taken out. */
  public boolean isDropped(int i) {
    return dropped[i];
  }

  /** Takes out all of a name. */
  public void drop(FieldName name) {
    for (int i = 0; i < count && has(name); i++) {
      if (names[i] == name) {
        dropped[i] = true;
      }
    }
  }

  /** Takes out those that are so. */
  public void dropIf(IntPredicate condition) {
    for (int i = 0; i < count; i++) {
      if (!dropped[i] && condition.test(i)) {
        dropped[i] = true;
      }
    }
  }

  /** Which of the names that matter a field has; null for any other. */
  public @Nullable FieldName name(int i) {
    return names[i];
  }

  /** The first of a name; -1 if there is none. */
  public int find(FieldName name) {
    for (int i = 0; i < count && has(name); i++) {
      if (names[i] == name && !dropped[i]) {
        return i;
      }
    }
    return -1;
  }

  /** The first of a name, which is in lower case; -1 if there is none. */
  public int find(String lower) {
    for (int i = 0; i < count; i++) {
      if (!dropped[i] && isNamed(i, lower)) {
        return i;
      }
    }
    return -1;
  }

  /** Whether a field has this name, which is in lower case. */
  public boolean isNamed(int i, String lower) {
    return Ascii.equalsIgnoreCase(bytes, nameFrom(i), nameEnd(i), lower);
  }

  /** Where a name begins. */
  public int nameFrom(int i) {
    return parts[PARTS * i];
  }

  /** Where a name ends. */
  public int nameEnd(int i) {
    return parts[PARTS * i + 1];
  }

  /** Where a value begins. */
  public int valueFrom(int i) {
    return parts[PARTS * i + 2];
  }

  /** Where a value ends. */
  public int valueEnd(int i) {
    return parts[PARTS * i + 3];
  }

  /** A name as it came. */
  public String nameText(int i) {
    return Ascii.text(bytes, nameFrom(i), nameEnd(i));
  }

  /** A value. */
  public String valueText(int i) {
    return Ascii.text(bytes, valueFrom(i), valueEnd(i));
  }

  /** Whether a value begins with this, which is in lower case, compared without case. */
  public boolean isValueOf(int i, String lower) {
    int from = valueFrom(i);
    return valueEnd(i) - from >= lower.length() && Ascii.equalsIgnoreCase(bytes, from, from + lower.length(), lower);
  }

  /** Whether a value is this, which is in lower case, compared without case. */
  public boolean isValue(int i, String lower) {
    return Ascii.equalsIgnoreCase(bytes, valueFrom(i), valueEnd(i), lower);
  }

  /** Whether a member of a list ({@code a, b}) is this, which is in lower case, in any field of the name. */
  public boolean lists(FieldName name, String lower) {
    for (int i = 0; i < count && has(name); i++) {
      if (names[i] == name && !dropped[i] && lists(i, lower)) {
        return true;
      }
    }
    return false;
  }

  private boolean lists(int i, String lower) {
    int at = valueFrom(i);
    int stop = valueEnd(i);
    while (at <= stop) {
      int comma = Ascii.indexOf(bytes, at, stop, ',');
      int from = Ascii.skipSpace(bytes, at, comma);
      if (Ascii.equalsIgnoreCase(bytes, from, Ascii.trimSpace(bytes, from, comma), lower)) {
        return true;
      }
      at = comma + 1;
    }
    return false;
  }
}
