import Testing
import Wire

@Suite struct RangeProofTests {
    /// A blob with its layer and leaf values, and proofs over it.
    struct Blob {
        let bytes: [UInt8]
        let layer: GroupLayer
        let leafValues: [UInt8]

        init(_ count: Int) throws {
            let bytes = Pattern.bytes(count)
            var hasher = TreeHasher()
            hasher.update(bytes.span.bytes)
            let summary = hasher.finish()
            layer = try GroupLayer(
                id: summary.id, size: summary.size, values: summary.groupValues)
            leafValues = summary.leafValues
            self.bytes = bytes
        }

        func proof(_ range: Range<Int>) throws -> RangeProof {
            let range = UInt64(range.lowerBound)..<UInt64(range.upperBound)
            let groups = try #require(RangeProof.groups(covering: range, size: layer.size))
            let first = groups.lowerBound * 64 * 32
            let last = min(groups.upperBound * 64 * 32, leafValues.count)
            return try RangeProof(range, layer: layer, leafValues: Array(leafValues[first..<last]))
        }

        func data(_ proof: RangeProof) -> [UInt8] {
            Array(bytes[Int(proof.coveredBytes.lowerBound)..<Int(proof.coveredBytes.upperBound)])
        }
    }

    @Test(arguments: [1, 16_384, 16_385, 50_000, 1 << 20, 1 << 20 + 1, 3_300_000])
    func `any range is proven, encoded and verified`(size: Int) throws {
        let blob = try Blob(size)
        for _ in 0..<20 {
            let start = Int.random(in: 0..<size)
            let range = start..<Int.random(in: start + 1...size)
            let proof = try blob.proof(range)
            var writer = Writer()
            proof.write(to: &writer)
            var reader = Reader(writer.bytes)
            let decoded = try RangeProof(reading: &reader, size: blob.layer.size)
            try reader.finish()
            #expect(decoded == proof)
            let data = blob.data(proof)
            try decoded.verify(id: blob.layer.id, bytes: data.span.bytes)
        }
    }

    @Test func `an empty blob is proven by its hash alone`() throws {
        let blob = try Blob(0)
        let nothing: [UInt8] = []
        let proof = try blob.proof(0..<0)
        try proof.verify(id: blob.layer.id, bytes: nothing.span.bytes)
        let other = try RangeProof(
            0..<0, layer: GroupLayer(id: Blake3.hash([1]), size: 0, values: Blake3.hash([1]).bytes),
            leafValues: Blake3.hash([1]).bytes)
        #expect(throws: WireError.notAuthentic("leaf")) {
            try other.verify(id: Blake3.hash([1]), bytes: nothing.span.bytes)
        }
    }

    @Test func `a proof with any bit flipped is refused`() throws {
        let blob = try Blob(2_200_000)
        let proof = try blob.proof(1_000_000..<1_100_000)
        var writer = Writer()
        proof.write(to: &writer)
        for position in writer.bytes.indices {
            var bytes = writer.bytes
            bytes[position] ^= 1 << UInt8(position % 8)
            #expect(throws: WireError.self, "byte \(position)") {
                var reader = Reader(bytes)
                let changed = try RangeProof(reading: &reader, size: blob.layer.size)
                try reader.finish()
                try changed.verify(id: blob.layer.id)
            }
        }
        for count in 0..<writer.bytes.count {
            var reader = Reader(Array(writer.bytes[0..<count]))
            #expect(throws: WireError.truncated) {
                try RangeProof(reading: &reader, size: blob.layer.size)
            }
        }
    }

    @Test func `a proof of another size is refused`() throws {
        let blob = try Blob(2_200_000)
        var writer = Writer()
        try blob.proof(0..<20_000).write(to: &writer)
        for size: UInt64 in [0, 16_384, 1 << 20, 2_097_152, 4_300_000, Limits.blobBytesMax + 1] {
            #expect(throws: WireError.self, "\(size)") {
                var reader = Reader(writer.bytes)
                let proof = try RangeProof(reading: &reader, size: size)
                try reader.finish()
                try proof.verify(id: blob.layer.id)
            }
        }
    }

    @Test func `ranges outside the blob and damaged leaf values are refused`() throws {
        let blob = try Blob(100_000)
        #expect(RangeProof.leaves(covering: 0..<100_001, size: 100_000) == nil)
        #expect(RangeProof.leaves(covering: 5..<5, size: 100_000) == nil)
        var damaged = blob.leafValues
        damaged[40] ^= 1
        #expect(throws: WireError.invalid("leaf values")) {
            try RangeProof(0..<1, layer: blob.layer, leafValues: damaged)
        }
    }
}

/// The worked example of docs/formats/proofs.md.
@Suite struct WorkedProofTests {
    @Test func `the documented blob has the documented values and proof`() throws {
        let bytes = (0..<40_000).map { UInt8($0 % 251) }
        var hasher = TreeHasher()
        hasher.update(bytes.span.bytes)
        let summary = hasher.finish()
        let leaves = [
            "5384f9b342c6cb86badedcbe662b0e980476a8db17db3cc1f13b19329749ab1f",
            "406632eceb31aa6735f072ad0554f5963f4082b5139978455b44f67732cf949d",
            "083663d9bddc14d40cc2f3869e01c5bebde7632dfea165eda38af01d93d5045b",
        ]
        let id = "ccd32b4544a24c50fbefb249e10a8fcedc26e2794c79eb8a44ad0631bf07f53f"
        #expect(Hexadecimal.encode(summary.leafValues) == leaves.joined())
        #expect(summary.id.hexadecimal == id)
        let layer = try #require(GroupLayer(singleGroup: summary.id, size: 40_000))
        let proof = try RangeProof(
            20_000..<20_001, layer: layer, leafValues: summary.leafValues)
        var writer = Writer()
        proof.write(to: &writer)
        #expect(
            Hexadecimal.encode(writer.bytes) == "0101" + leaves[1] + leaves[0] + leaves[2])
    }
}
