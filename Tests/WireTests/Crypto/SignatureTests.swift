import Testing
import Wire

@Suite struct SignatureTests {
    @Test func `the second example of RFC 8032`() throws {
        let seed = try #require(
            Hexadecimal.decode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
        let key = try #require(SigningKey(seed: seed))
        #expect(
            Hexadecimal.encode(key.publicKey.bytes)
                == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        let signature = key.sign([0x72])
        #expect(
            Hexadecimal.encode(signature.bytes)
                == "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
        #expect(signature.isValid(over: [0x72], by: key.publicKey))
    }

    @Test func `other messages, keys and bits are not valid`() throws {
        let key = SigningKey.random()
        let signature = key.sign([1, 2, 3])
        #expect(!signature.isValid(over: [1, 2], by: key.publicKey))
        #expect(!signature.isValid(over: [1, 2, 3], by: SigningKey.random().publicKey))
        for index in 0..<64 {
            var bytes = signature.bytes
            bytes[index] ^= 1
            let changed = try #require(Signature(bytes: bytes))
            #expect(!changed.isValid(over: [1, 2, 3], by: key.publicKey))
        }
        #expect(Signature(bytes: [1]) == nil && SigningKey(seed: [1]) == nil)
    }
}
