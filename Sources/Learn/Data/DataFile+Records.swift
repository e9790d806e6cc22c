import Genome

extension DataFile {
    /// Gives each record of the file in order.
    ///
    /// - Parameter vocabulary: how many tokens the model has.
    func forEachRecord(
        vocabulary: Int, _ body: (DataRecord) throws(LearnError) -> Void
    ) throws(LearnError) {
        switch kind {
        case .lines:
            for (index, line) in lines.enumerated() {
                let range = trimmed(line)
                guard !range.isEmpty else { continue }
                try body(try record(at: range, line: index + 1, vocabulary: vocabulary))
            }
        case .array:
            for element in try ArrayElements.find(in: self) {
                let range = trimmed(element.range)
                try body(try record(at: range, line: element.line, vocabulary: vocabulary))
            }
        case .table: try forEachRow(body)
        case .text:
            guard bytes.count <= DataLimits.textBytesMax else {
                throw .data(.tooLarge(file: name, limit: DataLimits.textBytesMax))
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let place = DataPlace(file: name, line: 1)
            try body(DataRecord(content: .document(text), place: place, bytes: bytes[...]))
        }
    }

    private func record(
        at range: Range<Int>, line: Int, vocabulary: Int
    ) throws(LearnError) -> DataRecord {
        let place = DataPlace(file: name, line: line)
        do throws(RecordFault) {
            guard range.count <= DataLimits.recordBytesMax else {
                throw .tooLarge(limit: DataLimits.recordBytesMax)
            }
            let limits = JSONLimits(
                bytes: DataLimits.recordBytesMax, depth: DataLimits.recordDepthMax,
                values: DataLimits.recordValuesMax)
            let value: JSONValue
            do throws(GenomeError) {
                value = try JSONParser.parse(Array(bytes[range]), limits: limits)
            } catch {
                throw RecordFault.notJSON(error.description)
            }
            guard let object = value.object else { throw .notObject(found: value.kind) }
            let content = try DataRecord.Content(object, vocabulary: vocabulary)
            return DataRecord(content: content, place: place, bytes: bytes[range])
        } catch {
            throw .data(.record(place, error))
        }
    }

    private func forEachRow(_ body: (DataRecord) throws(LearnError) -> Void) throws(LearnError) {
        var rows = TableRows(self)
        guard let header = try rows.next() else { throw .data(.empty(file: name)) }
        let columns = header.fields
        let isKnown = [["text"], ["completion", "prompt"]].contains(columns.sorted())
        guard isKnown else {
            let place = DataPlace(file: name, line: header.line)
            throw .data(.record(place, .columns(columns)))
        }
        while let row = try rows.next() {
            let place = DataPlace(file: name, line: row.line)
            let content: DataRecord.Content
            do throws(RecordFault) {
                content = try DataRecord.Content(columns: columns, fields: row.fields)
            } catch {
                throw .data(.record(place, error))
            }
            try body(DataRecord(content: content, place: place, bytes: bytes[row.range]))
        }
    }
}
