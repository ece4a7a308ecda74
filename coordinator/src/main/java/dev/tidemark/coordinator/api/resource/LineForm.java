package dev.tidemark.coordinator.api.resource;

import dev.tidemark.schema.json.Csv;
import dev.tidemark.schema.json.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** How the rows of a long answer are written, and how their reader learns that there are no more. */
public interface LineForm {
    String NDJSON_TYPE = "application/x-ndjson";

    /** A line of JSON each, and one at the end that counts them: an answer without that was cut off. */
    LineForm NDJSON = new LineForm() {
        @Override
        public String mediaType() {
            return NDJSON_TYPE;
        }

        @Override
        public String head() {
            return "";
        }

        @Override
        public String line(String json) {
            return json + "\n";
        }

        @Override
        public String end(long count) {
            return "{\"end\":" + count + "}\n";
        }

        @Override
        public String cutOff(String why) {
            return "";
        }
    };

    String mediaType();

    /** Before the first row. */
    String head();

    /** A row, which is given as JSON. */
    String line(String json);

    /** After the last. */
    String end(long count);

    /** In place of the end. */
    String cutOff(String why);

    /** For spreadsheets: a head with the names of these columns. One that was cut off says so in its last row. */
    static LineForm csv(List<String> columns) {
        return new LineForm() {
            @Override
            public String mediaType() {
                return "text/csv";
            }

            @Override
            public String head() {
                return Csv.row(columns);
            }

            @Override
            public String line(String json) {
                JsonNode members = Json.RECORDS.readTree(json);
                return Csv.row(columns.stream()
                        .map(members::path)
                        .map(value -> value.isMissingNode() || value.isNull() ? "" : value.asString(""))
                        .toList());
            }

            @Override
            public String end(long count) {
                return "";
            }

            @Override
            public String cutOff(String why) {
                return Csv.row(List.of("CUT OFF HERE, rows are missing: " + why));
            }
        };
    }
}
