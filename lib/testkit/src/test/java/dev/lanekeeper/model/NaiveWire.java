package dev.lanekeeper.model;

import dev.lanekeeper.testkit.vectors.WireCase.Header;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads headers as a person would who has only the README of the vectors: with maps, splits and regular expressions. */
final class NaiveWire {

  private static final Pattern ENCODED = Pattern.compile("%([0-9A-Fa-f]{2})?");
  private static final Pattern TENANCY = Pattern.compile("[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+){0,7}");
  private static final Pattern STAMP = Pattern.compile("([0-9]{1,16})-([0-9a-f]{8})");
  private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?");

  private NaiveWire() {}

  static Carried read(WireNames names, List<Header> headers) {
    Map<String, String> members = new HashMap<>();
    Map<String, String> plain = new HashMap<>();
    for (Header header : headers) {
      String name = header.name().toLowerCase(Locale.ROOT);
      if (name.equals("baggage")) {
        readBaggage(header.value(), members);
      } else {
        plain.put(name, trimmed(header.value()));
      }
    }
    String tenancy = first(names.members(), members);
    if (tenancy == null) {
      tenancy = first(names.headers().stream().map(name -> name.toLowerCase(Locale.ROOT)).toList(), plain);
    }
    String overrides = members.get(names.overridesMember());
    return tenancy == null && overrides == null
        ? Carried.NOTHING
        : new Carried(tag(tenancy, overrides), stamp(members.get(names.stampMember())));
  }

  private static void readBaggage(String header, Map<String, String> members) {
    for (String member : header.split(",", -1)) {
      String withoutProperties = member.split(";", -1)[0];
      int equals = withoutProperties.indexOf('=');
      if (equals >= 0) {
        members.put(trimmed(withoutProperties.substring(0, equals)), trimmed(withoutProperties.substring(equals + 1)));
      }
    }
  }

  private static @Nullable String first(List<String> names, Map<String, String> values) {
    return names.stream().filter(values::containsKey).findFirst().map(values::get).orElse(null);
  }

  private static String trimmed(String text) {
    return text.replaceAll("^[ \t]+|[ \t]+$", "");
  }

  private static Tag tag(@Nullable String tenancy, @Nullable String overrides) {
    String normal = tenancy == null ? null : combination(tenancy);
    String wanted = overrides == null ? null : overrides(overrides);
    return (tenancy != null && normal == null) || (overrides != null && wanted == null)
        ? Tag.MALFORMED
        : Tag.of(normal, wanted);
  }

  static @Nullable String combination(String wire) {
    String text = decoded(wire);
    if (text == null) {
      return null;
    }
    String[] parts = text.split("[+ ]", -1);
    for (String part : parts) {
      if (part.length() > 128 || !TENANCY.matcher(part).matches()) {
        return null;
      }
    }
    return parts.length > 8 ? null : String.join("+", parts);
  }

  private static @Nullable String overrides(String wire) {
    String text = decoded(wire);
    if (text == null) {
      return null;
    }
    Map<String, String> services = new HashMap<>();
    for (String part : text.split("&", -1)) {
      int colon = part.indexOf(':');
      String tenancy = colon < 0 ? "" : part.substring(colon + 1);
      if (tenancy.length() > 128 || !TENANCY.matcher(tenancy).matches()
          || !SERVICE.matcher(part.substring(0, colon)).matches()) {
        return null;
      }
      services.put(part.substring(0, colon).toLowerCase(Locale.ROOT), tenancy);
    }
    List<String> texts = new ArrayList<>();
    services.forEach((service, tenancy) -> texts.add(service + ":" + tenancy));
    return services.size() > 32 ? null : String.join("&", texts);
  }

  static Stamp stamp(@Nullable String wire) {
    String text = wire == null ? null : decoded(wire);
    Matcher stamp = STAMP.matcher(text == null ? "" : text);
    if (!stamp.matches()) {
      return Stamp.NONE;
    }
    long revision = Long.parseLong(stamp.group(1));
    return revision == 0 || revision > Stamp.LARGEST_REVISION
        ? Stamp.NONE
        : new Stamp(revision, Integer.parseUnsignedInt(stamp.group(2), 16));
  }

  private static @Nullable String decoded(String text) {
    Matcher encoded = ENCODED.matcher(text);
    StringBuilder out = new StringBuilder();
    while (encoded.find()) {
      String digits = encoded.group(1);
      if (digits == null) {
        return null;
      }
      encoded.appendReplacement(out, Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(digits, 16))));
    }
    return encoded.appendTail(out).toString();
  }
}
