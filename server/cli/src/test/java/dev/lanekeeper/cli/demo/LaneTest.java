package dev.lanekeeper.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class LaneTest {

  private static JsonNode json(String text) throws JsonProcessingException {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }

  @Test
  void of_underTest_namesEachHop() throws JsonProcessingException {
    var answer = json("{'service':'A','version':'A','calls':{'service':'B','version':'B2'}}");
    var kept = json("{'service':'D','version':'D','from':{'version':'C2','from':{'version':'B2'}}}");

    assertThat(Lane.of(answer, kept)).isEqualTo(new Lane("A", "B2", "C2", "D"));
  }

  @Test
  void of_publishedByAnother_namesBoth() throws JsonProcessingException {
    var answer = json("{'version':'A','calls':{'version':'B2'}}");
    var kept = json("{'version':'D','from':{'version':'C','from':{'version':'B'}}}");

    assertThat(Lane.of(answer, kept).b()).isEqualTo("B2|B");
  }

  @Test
  void of_nothingKnown_isNotTheBaseline() throws JsonProcessingException {
    assertThat(Lane.of(json("{}"), json("{}")).drawn()).isEqualTo("? ── ? ══orders══ ? ── ?");
  }

  @Test
  void drawn_underTest_hasPrimes() {
    assertThat(Lane.BASELINE.withB("B\"").withC("C\"").drawn()).isEqualTo("A ── B″ ══orders══ C″ ── D");
  }
}
