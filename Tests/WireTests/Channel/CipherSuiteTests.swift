import Testing
import Wire

@Suite struct CipherSuiteTests {
    @Test func `every machine has ChaCha20-Poly1305 and each suite a bit of its own`() {
        #expect(CipherSuite.available.contains(.chaChaPoly))
        #expect(CipherSuite.allCases.map(\.bit) == [1, 2])
        #expect(CipherSuite.aesGCM.noiseName == "AESGCM")
    }
}
