import Genome
import Testing

@testable import Node

@Suite struct OpenMetricsTests {
    private func lines(_ text: String) throws -> [String] {
        OpenMetrics.lines(
            try #require(
                try JSONParser.parse(Array(text.utf8), limits: JSONLimits(bytes: 65_536)).object))
    }

    @Test func `a node that does not run says what its home holds`() throws {
        let lines = try lines(
            """
            {"version": "1.2", "role": "full", "running": false, "layers": 3, "quota": null,
             "store": {"free": 7, "classes": {"own": {"blobs": 2, "plain": 90, "stored": 60},
                       "cache": {"blobs": 0, "plain": 0, "stored": 0}}},
             "scrub": {"damaged": ["aa"], "read": {"bytes": 5}}}
            """)
        for line in [
            "plasmid_info{version=\"1.2\",role=\"full\"} 1", "plasmid_up 0", "plasmid_layers 3",
            "plasmid_disk_free_bytes 7", "plasmid_store_blobs{class=\"own\"} 2",
            "plasmid_store_stored_bytes{class=\"own\"} 60", "plasmid_damaged_layers 1",
            "# TYPE plasmid_scrub_read_bytes counter", "# UNIT plasmid_scrub_read_bytes bytes",
            "plasmid_scrub_read_bytes_total 5",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        #expect(lines.last == "# EOF")
        // What is not known is left out, not zero.
        #expect(!lines.contains { $0.contains("peers") || $0.contains("quota") })
    }

    @Test func `times of searches are in seconds, and memory is told apart by its use`() throws {
        let lines = try lines(
            """
            {"version": "1", "memory": {"resident": 900, "news": 5},
             "searches": {"answered": 6, "truncated": 1,
                          "milliseconds": {"1": 1, "3": 2, "300": 0, "more": 3}}}
            """)
        #expect(
            lines.filter { $0.contains("_bucket") } == [
                "plasmid_search_seconds_bucket{le=\"0.001\"} 1",
                "plasmid_search_seconds_bucket{le=\"0.003\"} 3",
                "plasmid_search_seconds_bucket{le=\"0.3\"} 3",
                "plasmid_search_seconds_bucket{le=\"+Inf\"} 6",
            ])
        for line in [
            "plasmid_searches_total 6", "plasmid_searches_truncated_total 1",
            "# UNIT plasmid_memory_bytes bytes", "plasmid_memory_bytes{use=\"resident\"} 900",
            "plasmid_memory_bytes{use=\"news\"} 5",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
    }

    @Test func `ages of news add up, and members of a group are figures`() throws {
        let lines = try lines(
            """
            {"version": "a\"b", "network": {"lagSeconds": {"more": 4, "10": 2, "1": 1, "2": 0},
             "records": {"wordsDropped": 9, "waiting": 1}, "clockAheadMilliseconds": -5}}
            """.replacing("a\"b", with: "a\\\"b"))
        let buckets = lines.filter { $0.contains("_bucket") }
        #expect(
            buckets == [
                "plasmid_news_age_seconds_bucket{le=\"1.0\"} 1",
                "plasmid_news_age_seconds_bucket{le=\"2.0\"} 1",
                "plasmid_news_age_seconds_bucket{le=\"10.0\"} 3",
                "plasmid_news_age_seconds_bucket{le=\"+Inf\"} 7",
            ])
        #expect(lines.contains("plasmid_records_words_dropped_total 9"))
        #expect(lines.contains("plasmid_records_waiting 1"))
        #expect(lines.contains("plasmid_clock_ahead_milliseconds -5"))
        #expect(lines.contains { $0.contains(#"version="a\"b""#) })
    }
}
