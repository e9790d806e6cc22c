import Genome
import Testing
import Wire

@Suite("A layer's handle")
struct LayerUUIDTests {
    @Test("is the head of the id with version 8 and the variant")
    func fromLayer() {
        let uuid = LayerUUID(of: Fixtures.digest(0xff))
        #expect(uuid.description == "ffffffff-ffff-8fff-bfff-ffffffffffff")
        #expect(LayerUUID(uuid.description) == uuid)
        #expect(uuid.names(Fixtures.digest(0xff)))
        #expect(!uuid.names(Fixtures.digest(0xfe)))
    }

    @Test(
        "is refused in any other spelling",
        arguments: [
            "", "ffffffff-ffff-4fff-bfff-ffffffffffff", "ffffffff-ffff-8fff-ffff-ffffffffffff",
            "FFFFFFFF-ffff-8fff-bfff-ffffffffffff", "ffffffffffff8fffbfffffffffffffff",
            "{ffffffff-ffff-8fff-bfff-ffffffffffff}",
        ])
    func refuses(_ text: String) { #expect(LayerUUID(text) == nil) }
}
