import Testing

@testable import Learn

@Suite struct BlockRecordTests {
    @Test(
        "a record has the parts that its family needs, apart from each other",
        arguments: TrainingCase.names)
    func parts(_ name: String) throws {
        let architecture = try TrainingCase(name).model.architecture
        let record = try BlockRecord(architecture, rows: 5, ranks: [3, 0, 2])
        #expect((record.plainInputs != nil) == architecture.hasHeadNorm)
        #expect(record.inner.count == (architecture.feedForward == .siluGated ? 2 : 1))
        var all = [record.middle, record.queries, record.mixed] + record.inner
        all += record.downs.filter { $0.width > 0 }
        if let plain = record.plainInputs { all.append(plain) }
        for (index, rows) in all.enumerated() {
            rows.start.update(repeating: Float(index), count: rows.count * rows.width)
        }
        for (index, rows) in all.enumerated() {
            #expect(Set(rows.values(rows.count - 1)) == [Float(index)])
        }
    }
}
