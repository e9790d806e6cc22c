import Testing

@testable import Node

/// What every kind of news does; `CheckNewsTests` and `ReplayNewsTests` say the rest.
@Suite("A worker's last line")
struct WorkerNewsTests {
    private func failure<News: WorkerNews>(_ news: News) throws -> Failure? {
        guard case .failure(let failure)? = try news.again().ending else { return nil }
        return failure
    }

    @Test("tells whole why there is no answer")
    func failures() throws {
        let told = Failure(.quota, "too little", why: "memory", remedy: "more")
        #expect(try failure(CheckNews.failed(told)) == told)
        #expect(try failure(ReplayNews.failed(told)) == told)
    }

    @Test("is none when it is something else", arguments: ["", "{}", "[1", #"{"event":"ended"}"#])
    func others(_ line: String) {
        #expect(CheckNews(line) == nil)
        #expect(ReplayNews(line) == nil)
    }
}

extension WorkerNews {
    /// The news that its line says.
    func again() throws -> Self {
        #expect(!line.contains("\n"))
        return try #require(Self(line))
    }
}
