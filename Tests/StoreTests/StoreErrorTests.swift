import Host
import Testing

@testable import Store

@Suite struct StoreErrorTests {
    @Test func `a full disk is told apart from other failures of the system`() {
        let full = SystemError("write", "/a", code: 28)
        #expect(StoreError(full, bytes: 7) == .diskFull(path: "/a", bytes: 7))
        let denied = SystemError("open", "/a", code: 13)
        #expect(StoreError(denied) == .system(denied))
    }

    @Test func `every error is one line that says what to do`() {
        let errors: [StoreError] = [
            .inUse(home: "/h", process: 5), .networkFilesystem(path: "/n", kind: "NFS"),
            .noHome(path: "/h"), .diskFull(path: "/a", bytes: 0), .diskFull(path: "/a", bytes: 1),
            .quota(bytes: 2, available: 1), .changed(path: "/a"), .lostWrites(path: "/a"),
            .occupied(path: "/a"), .missing("blob"), .damaged("blob"), .refused("no"),
            .unusable("no"), .system(SystemError("open", "/a", code: 13)),
        ]
        for error in errors {
            #expect(!error.description.isEmpty && !error.description.contains("\n"))
        }
        #expect(errors[0].description.contains("5"))
    }
}
