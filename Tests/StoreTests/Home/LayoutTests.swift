import Testing
import Wire

@testable import Store

@Suite struct LayoutTests {
    @Test func `a blob lies in two levels of folders named by its first digits`() {
        let id = Blake3.hash([])
        let layout = Layout(home: "/h")
        #expect(layout.object(id) == "/h/store/obj/af/13/\(id.hexadecimal)")
        #expect(layout.tree(id) == "/h/store/tree/af/13/\(id.hexadecimal)")
        #expect(Layout.folder(of: "/a/b") == "/a")
        #expect(Layout.folder(of: "/a") == "/")
        #expect(Layout.folder(of: "a") == ".")
    }
}
