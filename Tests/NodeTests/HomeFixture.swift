import Foundation
import Genome
import Host
import Store
import Wire

@testable import Node

/// A home that this process opened itself, with its verbs.
final class HomeFixture {
    let laboratory: Laboratory
    let service: Service

    init() throws {
        laboratory = try Laboratory()
        service = try Access.service("\(laboratory.path)/home")
    }

    var layout: Layout { service.library.layout }

    /// Asks for a verb with its named values.
    @discardableResult
    func ask(
        _ verb: String, _ arguments: [(String, JSONValue)] = [], files: [File] = []
    ) throws -> JSONObject {
        let object = JSONObject(arguments.map { JSONObject.Member(name: $0.0, value: $0.1) })
        return try service.answer(
            ServiceRequest(verb: verb, arguments: object, files: files)
        ) { _ in }
    }

    /// Shares one text of its own under a name.
    @discardableResult
    func share(
        _ name: String, version: String = "1.0.0", text: String = "some text\n",
        visibility: String = "private", licence: String = "MIT", parents: [String] = []
    ) throws -> JSONObject {
        let path = try laboratory.write("\(name).txt", text)
        return try ask(
            "share",
            [
                ("paths", .array([.string("\(name).txt")])), ("folder", .string(name)),
                ("visibility", .string(visibility)), ("type", "memory"),
                ("licence", .string(licence)), ("parents", .array(parents.map { .string($0) })),
                ("name", .string(name)), ("version", .string(version)),
            ], files: [try File(path, .read)])
    }

    /// A record of somebody else's layer, put into the catalogue.
    func hear(
        of name: String, version: String = "1.0.0", layer: UInt64, from seed: UInt8 = 9,
        mirrorOf origin: NodeKey? = nil
    ) throws -> NodeKey {
        let key = SigningKey(seed: [UInt8](repeating: seed, count: 32))!
        let content = LayerContent(
            layer: Digest(words: (layer, 2, 3, 4)), manifestSize: 900, type: "memory",
            name: name, version: version, licence: "MIT", size: 10, files: 1)
        let issued = Clock.wallMilliseconds()
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: issued, issued: issued,
            expires: issued + 3_600_000,
            content: origin.map { .mirror(content, publisher: $0) } ?? .layer(content))
        try service.catalogue.put([try unsigned.signed(key.sign(unsigned.signingInput))])
        return key.publicKey
    }
}
