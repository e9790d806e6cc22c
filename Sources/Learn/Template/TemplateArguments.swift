/// What a call, a filter or a test is given.
struct TemplateArguments {
    var positional: [TemplateValue] = []
    var named: [(name: String, value: TemplateValue)] = []

    init(_ positional: [TemplateValue] = []) {
        self.positional = positional
    }

    /// The values of those parameters, nil where none is given; nil altogether if something is
    /// given that has no parameter, or twice.
    func bound(to parameters: [String]) -> [TemplateValue?]? {
        guard positional.count <= parameters.count else { return nil }
        var values = positional.map { Optional($0) }
        values += [TemplateValue?](repeating: nil, count: parameters.count - values.count)
        for (name, value) in named {
            guard let place = parameters.firstIndex(of: name), values[place] == nil else {
                return nil
            }
            values[place] = value
        }
        return values
    }
}

extension TemplateMachine {
    /// The values of those parameters.
    func bind(
        _ given: TemplateArguments, _ name: String, _ parameters: [String], needed: Int = 0
    ) throws(TemplateFault) -> [TemplateValue?] {
        guard let values = given.bound(to: parameters),
            values.prefix(needed).allSatisfy({ $0 != nil })
        else {
            let list = parameters.isEmpty ? "nothing" : parameters.joined(separator: ", ")
            throw failed("\"\(name.prefix(40))\" takes \(list)")
        }
        return values
    }

    /// A whole number that may be left out.
    func whole(_ value: TemplateValue?, _ absent: Int) throws(TemplateFault) -> Int {
        guard let value else { return absent }
        guard let number = value.whole else {
            throw failed("a whole number is needed, not \(value.kind)")
        }
        return number
    }

    /// A text that must be one.
    func string(_ value: TemplateValue?, for name: String) throws(TemplateFault) -> String {
        guard case .string(let text)? = value?.plain else {
            throw failed("\"\(name)\" needs a text, not \(value?.kind ?? "nothing")")
        }
        return text
    }

    /// A text, or nothing for `none` or no value.
    func optionalString(
        _ value: TemplateValue?, for name: String
    ) throws(TemplateFault) -> String? {
        switch value {
        case nil, .some(.none): nil
        default: try string(value, for: name)
        }
    }

    /// A whole number, or nothing for `none`, no value or a number below zero.
    func most(_ value: TemplateValue?) throws(TemplateFault) -> Int? {
        if case .some(.none) = value { return nil }
        let number = try whole(value, -1)
        return number < 0 ? nil : number
    }
}
