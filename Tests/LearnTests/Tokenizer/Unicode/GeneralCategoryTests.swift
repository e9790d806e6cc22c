import Testing

@testable import Learn

@Suite struct GeneralCategoryTests {
    @Test func `names lead to categories`() {
        #expect(GeneralCategory.named("Lu") == [.uppercaseLetter])
        #expect(GeneralCategory.named("M")?.count == 3)
        #expect(GeneralCategory.named("L&")?.count == 3)
        #expect(GeneralCategory.named("Lx") == nil)
        #expect(GeneralCategory.allCases.count == 30)
    }
}
