package dev.lanekeeper.testkit.vectors;

import static dev.lanekeeper.testkit.vectors.VectorFile.known;
import static dev.lanekeeper.testkit.vectors.VectorFile.list;
import static dev.lanekeeper.testkit.vectors.VectorFile.number;
import static dev.lanekeeper.testkit.vectors.VectorFile.text;
import static dev.lanekeeper.testkit.vectors.VectorFile.texts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lanekeeper.model.Stamp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A case of {@code tenancies.json}. */
public sealed interface TextCase {

  /**
   * A tenancy of a combination.
   *
   * @param tenancy its text
   * @param lookups under what it is looked up, in this order
   * @param production whether it is production traffic as long as nobody registered it
   */
  record Lookups(String tenancy, List<String> lookups, boolean production) {}

  /**
   * A tenancy or combination.
   *
   * @param name what it shows
   * @param normal its normal form; null if it is malformed
   * @param tenancies what it consists of; empty if it is malformed
   */
  record Tenancies(String name, String text, @Nullable String normal, List<Lookups> tenancies) implements TextCase {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * Single-service overrides.
   *
   * @param name what it shows
   * @param normal their normal form; null if they are malformed
   */
  record Overrides(String name, String text, @Nullable String normal) implements TextCase {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * A stamp.
   *
   * @param name what it shows
   * @param stamp what it stands for; {@link Stamp#NONE} if it is none
   */
  record Stamps(String name, String text, Stamp stamp) implements TextCase {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * The name of a service.
   *
   * @param folded equal for equal names; null if it is malformed
   */
  record Services(String text, @Nullable String folded) implements TextCase {}

  /** Every case of tenancies. */
  static List<Tenancies> tenancies() {
    return VectorFile.cases("tenancies.json", "tenancies", json -> {
      known(json, "name", "text", "normal", "tenancies", "malformed");
      return new Tenancies(text(json, "name"), text(json, "text"), formOrNull(json, "normal"),
          list(json.path("tenancies"), TextCase::lookups));
    });
  }

  private static Lookups lookups(JsonNode json) {
    known(json, "tenancy", "lookups", "production");
    return new Lookups(text(json, "tenancy"), texts(json.path("lookups")), json.path("production").booleanValue());
  }

  /** Every case of single-service overrides. */
  static List<Overrides> overrides() {
    return VectorFile.cases("tenancies.json", "overrides", json -> {
      known(json, "name", "text", "normal", "malformed");
      return new Overrides(text(json, "name"), text(json, "text"), formOrNull(json, "normal"));
    });
  }

  /** Every case of stamps. */
  static List<Stamps> stamps() {
    return VectorFile.cases("tenancies.json", "stamps", json -> {
      known(json, "name", "text", "revision", "seal", "none");
      Stamp stamp = json.path("none").booleanValue()
          ? Stamp.NONE
          : new Stamp(number(json, "revision"), Integer.parseUnsignedInt(text(json, "seal"), 16));
      return new Stamps(text(json, "name"), text(json, "text"), stamp);
    });
  }

  /** Every case of names of services. */
  static List<Services> services() {
    return VectorFile.cases("tenancies.json", "services", json -> {
      known(json, "text", "folded", "malformed");
      return new Services(text(json, "text"), formOrNull(json, "folded"));
    });
  }

  private static @Nullable String formOrNull(JsonNode json, String field) {
    return json.path("malformed").booleanValue() ? null : text(json, field);
  }
}
