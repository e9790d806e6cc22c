import Foundation
import Host
import Testing
import Wire

@testable import Store

@Suite struct KeysTests {
    @Test func `keys are made once and read again`() throws {
        let home = try Scratch().home()
        let first = try Keys.open(in: home)
        let second = try Keys.open(in: home)
        #expect(first.node.publicKey == second.node.publicKey)
        #expect(first.transportPublic == second.transportPublic)
        #expect(first.sealingRecipient == second.sealingRecipient)
        #expect(first.sealingRecipient.hasPrefix("age1"))
        for name in ["node", "transport", "sealing"] {
            #expect(try File.facts(of: "\(home.layout.keys)/\(name)").mode == 0o600)
        }
        let text = try String(contentsOfFile: "\(home.layout.keys)/sealing", encoding: .utf8)
        #expect(text.contains("AGE-SECRET-KEY-1"))
    }

    @Test func `a key file that others can read is refused with the remedy`() throws {
        let home = try Scratch().home()
        _ = try Keys.open(in: home)
        chmod("\(home.layout.keys)/node", 0o640)
        let error = #expect(throws: StoreError.self) { try Keys.open(in: home) }
        #expect(error?.description.contains("chmod 600") == true)
    }

    @Test func `a damaged key file is refused`() throws {
        let home = try Scratch().home()
        _ = try Keys.open(in: home)
        try DurableFile.write(Array("AGE-SECRET-KEY-1QQQ".utf8), to: "\(home.layout.keys)/sealing")
        #expect(throws: StoreError.damaged("\(home.layout.keys)/sealing")) {
            try Keys.open(in: home)
        }
    }

    @Test func `a home in use whose node key is gone does not get another name`() throws {
        let home = try Scratch().home()
        _ = try Keys.open(in: home)
        try DurableFile.write([], to: home.layout.index)
        try Directory.removeFile("\(home.layout.keys)/node")
        #expect(throws: StoreError.self) { try Keys.open(in: home) }
    }
}
