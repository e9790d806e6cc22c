import Testing

@testable import Learn

@Suite("The date that a template is told")
struct TemplateDateTests {
    @Test("is written as strftime writes it")
    func formats() throws {
        let date = try #require(
            TemplateDate(year: 2024, month: 2, day: 29, hour: 0, minute: 5, second: 9))
        #expect(date.formatted("%Y-%m-%d %H:%M:%S") == "2024-02-29 00:05:09")
        #expect(date.formatted("%d %b %Y, %A %a %B") == "29 Feb 2024, Thursday Thu February")
        #expect(date.formatted("%-d/%-m %I %p %j %y %e %w%%") == "29/2 12 AM 060 24 29 4%")
        #expect(date.formatted("%F %T") == "2024-02-29 00:05:09")
        #expect(date.formatted("%Q") == nil && date.formatted("%") == nil)
        let other = try #require(TemplateDate(year: 2000, month: 1, day: 1))
        #expect(other.formatted("%A") == "Saturday")
    }

    @Test("is one that there is")
    func bounds() {
        #expect(TemplateDate(year: 2023, month: 2, day: 29) == nil)
        #expect(TemplateDate(year: 2100, month: 2, day: 29) == nil)
        #expect(TemplateDate(year: 2000, month: 2, day: 29) != nil)
        #expect(TemplateDate(year: 2024, month: 13, day: 1) == nil)
        #expect(TemplateDate(year: 2024, month: 1, day: 1, hour: 24) == nil)
    }
}
