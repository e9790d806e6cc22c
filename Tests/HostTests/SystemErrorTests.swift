import Foundation
import Testing

@testable import Host

@Suite("A system error")
struct SystemErrorTests {
    @Test func `says what was tried on what, and why it failed`() {
        let error = SystemError("open", "/x", code: ENOENT)
        #expect(error.description == "open /x: No such file or directory")
        #expect(SystemError("socket", code: EMFILE).description == "socket: Too many open files")
        errno = EACCES
        #expect(SystemError.last("stat", "y") == SystemError("stat", "y", code: EACCES))
    }

    @Test func `knows its kind`() {
        func error(_ code: Int32) -> SystemError { SystemError("call", code: code) }
        for code in [ENOSPC, EDQUOT, EFBIG] { #expect(error(code).isDiskFull) }
        #expect(!error(EIO).isDiskFull)
        #expect(error(ENOENT).isMissing && error(EEXIST).isExisting)
        #expect(error(EAGAIN).isWouldBlock && error(EADDRINUSE).isAddressInUse)
        #expect(error(EACCES).isDenied && error(EPERM).isDenied && error(ELOOP).isLink)
    }
}
