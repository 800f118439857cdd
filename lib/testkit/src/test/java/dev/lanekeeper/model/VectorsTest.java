package dev.lanekeeper.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.testkit.vectors.ArrivalCase;
import dev.lanekeeper.testkit.vectors.CallCase;
import dev.lanekeeper.testkit.vectors.MessageCase;
import dev.lanekeeper.testkit.vectors.OwnerCase;
import dev.lanekeeper.testkit.vectors.TextCase;
import dev.lanekeeper.testkit.vectors.VectorTable;
import dev.lanekeeper.testkit.vectors.WireCase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The model passes the routing vectors, by its values and by its cursor. */
class VectorsTest {

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.TextCase#tenancies")
  void tag_ofText_isAsTheVectorsSay(TextCase.Tenancies vector) {
    if (vector.normal() == null) {
      assertThatThrownBy(() -> Tag.of(vector.text())).isInstanceOf(MalformedTagException.class);
      assertThat(TenancyKey.of(vector.text())).isNull();
      return;
    }
    Tag tag = Tag.of(vector.text());
    assertThat(tag.text()).isEqualTo(vector.normal());
    assertThat(tag).isEqualTo(Tag.of(vector.normal())).hasSameHashCodeAs(Tag.of(vector.normal()));
    assertThat(tag.tenancies().stream().map(Tenancy::text))
        .isEqualTo(vector.tenancies().stream().map(TextCase.Lookups::tenancy).toList());
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.TextCase#tenancies")
  void tenancy_ofText_isLookedUpAsTheVectorsSay(TextCase.Tenancies vector) {
    for (int component = 0; component < vector.tenancies().size(); component++) {
      TextCase.Lookups expected = vector.tenancies().get(component);
      Tenancy tenancy = new Tenancy(expected.tenancy());
      assertThat(tenancy.lookups().stream().map(Tenancy::text)).isEqualTo(expected.lookups());
      assertThat(tenancy.isProduction()).isEqualTo(expected.production());
      TenancyKey key = Objects.requireNonNull(TenancyKey.of(vector.text()));
      assertThat(key.isProduction(component)).isEqualTo(expected.production());
      int segments = tenancy.segments().size();
      for (String lookup : expected.lookups()) {
        byte[] name = lookup.getBytes(StandardCharsets.ISO_8859_1);
        TenantNode node = TenantNode.of(name, Bytes.hash(name, 0, name.length));
        assertThat(key.prefixIs(component, segments, key.hashOf(component, segments), node)).isTrue();
        segments--;
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.TextCase#overrides")
  void overrides_ofText_areAsTheVectorsSay(TextCase.Overrides vector) {
    if (vector.normal() == null) {
      assertThatThrownBy(() -> Tag.of(null, vector.text())).isInstanceOf(MalformedTagException.class);
    } else {
      assertThat(Tag.of(null, vector.text()).overridesText()).isEqualTo(vector.normal());
      assertThat(Tag.of(null, vector.text())).isEqualTo(Tag.of(null, vector.normal()));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.TextCase#stamps")
  void stamp_ofText_isAsTheVectorsSay(TextCase.Stamps vector) {
    assertThat(Stamp.parse(vector.text())).isEqualTo(vector.stamp());
    assertThat(Stamp.parse(vector.stamp().text())).isEqualTo(vector.stamp());
    WireTag wire = new WireTag(WireNames.STANDARD).clear().baggage("tenancy=1,tenancy-rev=" + vector.text());
    assertThat(wire.carried().stamp()).isEqualTo(vector.stamp());
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.TextCase#services")
  void serviceName_ofText_isAsTheVectorsSay(TextCase.Services vector) {
    if (vector.folded() == null) {
      assertThatThrownBy(() -> ServiceName.of(vector.text())).isInstanceOf(IllegalArgumentException.class);
    } else {
      assertThat(ServiceName.of(vector.text()).folded()).isEqualTo(vector.folded());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.WireCase#reads")
  void headers_read_areAsTheVectorsSay(WireCase.Read vector) {
    Carried expected = vector.carried().isTagged() ? vector.carried() : Carried.NOTHING;
    assertThat(Wires.read(vector.names(), vector.headers())).isEqualTo(expected);
    assertThat(NaiveWire.read(vector.names(), vector.headers())).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.WireCase#writes")
  void baggage_merged_isAsTheVectorsSay(WireCase.Write vector) {
    String merged = BaggageText.merge(vector.names(), vector.carried(), vector.existing());
    assertThat(merged).isEqualTo(vector.merged());
    Carried back = Wires.read(vector.names(), List.of(new WireCase.Header("baggage", merged)));
    assertThat(back.tag()).isEqualTo(vector.carried().tag());
    assertThat(BaggageText.merge(vector.names(), vector.carried(), merged)).isEqualTo(merged);
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.WireCase#leaves")
  void baggage_leavingTheEnvironment_isAsTheVectorsSay(WireCase.Leave vector) {
    assertThat(BaggageText.without(vector.names(), vector.existing())).isEqualTo(vector.left());
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.OwnerCase#all")
  void owner_isAsTheVectorsSay(OwnerCase vector) {
    RouteTable table = vector.view().table();
    Carried carried = vector.carried();
    Position position = vector.position();
    long at = table.snapshot(carried.stamp().revision(), carried.stamp().seal(), vector.answered());
    if (at == RouteTable.UNSTAMPED) {
      at = position.isRecord()
          ? table.snapshotAt(position.timestampMillis(), vector.view().asOfMillis())
          : table.revision();
    }
    assertThat(table.ownerAt(vector.service(), carried.tag(), at, position.topic(), position.partition(),
        position.offset())).isEqualTo(vector.owner());
    assertThat(table.ownerAt(vector.service(), Wires.cursor(carried), at, position.topic(), position.partition(),
        position.offset())).isEqualTo(vector.owner());
    if (!vector.answered()) {
      assertThat(table.owner(vector.service(), carried.tag(), carried.stamp(), position, vector.view().asOfMillis()))
          .isEqualTo(vector.owner());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.CallCase#all")
  void call_decided_isAsTheVectorsSay(CallCase vector) {
    Calls.Action action = Calls.decide(vector.view(), vector.sender(), vector.carried(), vector.host(), vector.port(),
        vector.answered(), vector.spread());
    Calls.Action compared = action instanceof Calls.Refuse refuse ? new Calls.Refuse(refuse.reason(), "") : action;
    assertThat(compared).isEqualTo(vector.action());
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.ArrivalCase#all")
  void arrival_decided_isAsTheVectorsSay(ArrivalCase vector) {
    Calls.Action action =
        Calls.arrive(vector.view(), vector.sender(), vector.carried(), vector.self(), vector.answered(), 0);
    Calls.Action compared = action instanceof Calls.Refuse refuse ? new Calls.Refuse(refuse.reason(), "") : action;
    assertThat(compared).isEqualTo(vector.action());
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.MessageCase#all")
  void message_decided_isAsTheVectorsSay(MessageCase vector) {
    Position position = vector.position();
    assertThat(Messages.decide(vector.view(), vector.self(), Wires.cursor(vector.carried()), position.topic(),
        position.partition(), position.offset(), position.timestampMillis(), vector.answered()))
        .isEqualTo(vector.action());
  }

  @ParameterizedTest
  @MethodSource("dev.lanekeeper.testkit.vectors.VectorTable#all")
  void table_ofItsContent_isTheSame(VectorTable vector) {
    RouteTable again = RouteTable.of(vector.table().content());
    assertThat(again.revision()).isEqualTo(vector.table().revision());
    assertThat(again.content().tenants()).containsExactlyInAnyOrderElementsOf(vector.table().content().tenants());
    assertThat(again.content().overrides()).containsExactlyInAnyOrderElementsOf(vector.table().content().overrides());
    assertThat(again.content().services()).isEqualTo(vector.table().content().services());
    assertThat(again.content().environments()).isEqualTo(vector.table().content().environments());
  }
}
