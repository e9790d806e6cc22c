import Testing

@testable import Wire

@Suite struct SketchFrameTests {
    private func sketch(_ count: UInt64) throws -> SetSketch {
        let salt = try #require(SketchSalt(bytes: [UInt8](repeating: 3, count: 16)))
        var sketch = SetSketch(salt)
        for item in 0..<count { sketch.add(item &* 0x9e37_79b9_7f4a_7c15) }
        return sketch
    }

    @Test func `messages come back as they were, and fit in a frame`() throws {
        let sketch = try sketch(100_000)
        let frame = SketchFrame(salt: sketch.salt, size: sketch.size, symbols: sketch.symbols)
        let known = SketchRequest.Known(salt: sketch.salt, symbol: sketch.symbols[0])
        for message in [
            Message.sketch(frame),
            .sketch(SketchFrame(salt: sketch.salt, size: 0, symbols: [])),
            .sketchRequest(SketchRequest(count: 192)),
            .sketchRequest(SketchRequest(count: 4_000, known: known)),
            .itemsRequest([]), .itemsRequest([1, .max]),
        ] {
            let bytes = message.bytes
            #expect(bytes.count <= Limits.recordPayloadMax)
            #expect(try Message(bytes: bytes) == message)
            #expect(throws: WireError.self) { try Message(bytes: bytes + [0]) }
        }
        let bytes = Message.sketch(frame).bytes.count
        print("4,000 symbols of 100,000 records take \(bytes) bytes")
        #expect(bytes < 57_000)
    }

    @Test func `what is larger than may be is refused`() throws {
        let salt = [UInt8](repeating: 1, count: 16)
        var writer = Writer()
        writer.write(UInt8(137))
        writer.write(salt)
        writer.writeVarint(1 << 41)
        writer.writeVarint(0)
        #expect(throws: WireError.self) { try Message(bytes: writer.bytes) }
        for count in [0, UInt64(SetSketch.symbolsMax) + 1] {
            var writer = Writer()
            writer.write(UInt8(136))
            writer.writeVarint(count)
            #expect(throws: WireError.self) { try Message(bytes: writer.bytes) }
        }
        var items = Writer()
        items.write(UInt8(138))
        items.writeVarint(UInt64(Limits.recordsPerMessageMax) + 1)
        #expect(throws: WireError.self) { try Message(bytes: items.bytes) }
    }

    @Test func `frames and differences are those of Judges/sketch.py`() throws {
        let file = try VectorFile.object("sketches.json")
        let rows = try #require(file["sketches"] as? [[String: Any]])
        #expect(rows.count == 7)
        for row in rows {
            let salt = try #require(SketchSalt(bytes: try VectorFile.bytes(row["salt"])))
            let count = try #require(row["count"] as? Int)
            func items(_ name: String) throws -> [UInt64] {
                try #require(row[name] as? [String]).compactMap { UInt64($0, radix: 16) }
            }
            let (theirs, ours) = (try items("theirs"), try items("ours"))
            var (left, right) = (SetSketch(salt), SetSketch(salt))
            for item in theirs { left.add(item) }
            for item in ours { right.add(item) }
            let frame = SketchFrame(
                salt: salt, size: left.size, symbols: Array(left.symbols.prefix(count)))
            #expect(
                Array(Message.sketch(frame).bytes.dropFirst())
                    == (try VectorFile.bytes(row["frame"])))
            let found = SetSketch.difference(
                of: frame.symbols, from: right.symbols.prefix(count), salt: salt)
            let comesApart = try #require(row["comesApart"] as? Bool)
            #expect((found != nil) == comesApart)
            guard let found else { continue }
            #expect(Set(found.theirs) == Set(theirs).subtracting(ours))
            #expect(Set(found.ours) == Set(ours).subtracting(theirs))
        }
    }
}
