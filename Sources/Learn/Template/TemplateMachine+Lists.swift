extension TemplateMachine {
    /// Filters that look at a whole sequence.
    func listFilter(
        _ name: String, _ value: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue? {
        switch name {
        case "first":
            if case .list(let list) = value, list.kind == .generator {
                guard list.walked < list.items.count else { return .undefined("nothing is first") }
                list.walked += 1
                return list.items[list.walked - 1]
            }
            return try elements(of: value).first ?? .undefined("nothing is first")
        case "last":
            if case .list(let list) = value, list.kind == .generator {
                throw failed("a generator has no last element")
            }
            return try elements(of: value).last ?? .undefined("nothing is last")
        case "reverse":
            if case .string(let text) = value {
                return try made(PythonText.text(text.unicodeScalars.reversed()))
            }
            let isGenerator =
                if case .list(let list) = value { list.kind == .generator } else { false }
            return try made(try elements(of: value).reversed(), isGenerator ? .list : .generator)
        case "join": return try joined(value, bind(given, name, ["d", "attribute"]))
        case "sort":
            let values = try bind(given, name, ["reverse", "case_sensitive", "attribute"])
            let items = try elements(of: value)
            return try made(
                try sorted(
                    items, by: values[2], isReversed: values[0]?.isTrue ?? false,
                    ignoringCase: values[1]?.isTrue != true))
        case "dictsort": return try dictionarySorted(value, given)
        case "unique": return try unique(value, given)
        case "min", "max":
            let values = try bind(given, name, ["case_sensitive", "attribute"])
            let order = try sorted(
                try elements(of: value), by: values[1], isReversed: name == "max",
                ignoringCase: values[0]?.isTrue != true)
            return order.first ?? .undefined("nothing is the \(name)")
        case "sum":
            let values = try bind(given, name, ["attribute", "start"])
            var sum = values[1] ?? .integer(0)
            for item in try elements(of: value) {
                sum = try binary(
                    "+", sum,
                    try values[0].map { (path) throws(TemplateFault) in
                        try member(path, of: item)
                    } ?? item)
            }
            return sum
        case "groupby": return try grouped(value, given)
        case "batch", "slice": return try cut(name, value, given)
        default: return nil
        }
    }

    private func joined(
        _ value: TemplateValue, _ values: [TemplateValue?]
    ) throws(TemplateFault) -> TemplateValue {
        let separator = try text(values[0] ?? .string(""))
        var result = ""
        for (index, item) in try elements(of: value).enumerated() {
            var item = item
            if let path = values[1] { item = try member(path, of: item) }
            result += index > 0 ? separator : ""
            result += try text(item)
            try check(textBytes: result.utf8.count)
        }
        return try made(result)
    }

    private func lowered(_ value: TemplateValue) -> TemplateValue {
        if case .string(let text) = value.plain { .string(text.lowercased()) } else { value }
    }

    /// The items in order of a member, or of several with commas between their names.
    func sorted(
        _ items: [TemplateValue], by path: TemplateValue?, isReversed: Bool, ignoringCase: Bool
    ) throws(TemplateFault) -> [TemplateValue] {
        var keyed: [(key: TemplateValue, item: TemplateValue)] = []
        for item in items {
            var key = item
            if case .string(let names)? = path, names.utf8.contains(0x2c) {
                var parts: [TemplateValue] = []
                for name in PythonText.split(names, ",", most: nil) {
                    let part = try member(.string(name), of: item)
                    parts.append(ignoringCase ? lowered(part) : part)
                }
                key = .tuple(parts)
            } else if let path {
                key = try member(path, of: item)
            }
            keyed.append((ignoringCase ? lowered(key) : key, item))
        }
        let order = try sorted(keyed) { (left, right) throws(TemplateFault) in
            try isReversed ? precedes(right.key, left.key) : precedes(left.key, right.key)
        }
        return order.map(\.item)
    }

    private func dictionarySorted(
        _ value: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        let values = try bind(given, "dictsort", ["case_sensitive", "by", "reverse"])
        guard case .dictionary(let dictionary) = value else {
            throw failed("\(value.kind) is no dictionary")
        }
        let by = try optionalString(values[1], for: "dictsort") ?? "key"
        guard by == "key" || by == "value" else { throw failed("sorting by \"\(by.prefix(40))\"") }
        return try made(
            try sorted(
                try pairs(dictionary), by: .integer(by == "key" ? 0 : 1),
                isReversed: values[2]?.isTrue ?? false, ignoringCase: values[0]?.isTrue != true))
    }

    private func unique(
        _ value: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        let values = try bind(given, "unique", ["case_sensitive", "attribute"])
        var seen: Set<TemplateKey> = []
        var kept: [TemplateValue] = []
        for item in try elements(of: value) {
            var name = item
            if let path = values[1] { name = try member(path, of: item) }
            if values[0]?.isTrue != true { name = lowered(name) }
            if seen.insert(try key(name)).inserted { kept.append(item) }
        }
        return try made(kept, .generator)
    }

    private func grouped(
        _ value: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        let names = ["attribute", "default", "case_sensitive"]
        let values = try bind(given, "groupby", names, needed: 1)
        let path = values[0] ?? .none
        let ignoresCase = values[2]?.isTrue != true
        var keyed: [(key: TemplateValue, item: TemplateValue)] = []
        for item in try elements(of: value) {
            var key = try member(path, of: item)
            if case .undefined = key, let absent = values[1] { key = absent }
            keyed.append((key, item))
        }
        func compared(_ key: TemplateValue) -> TemplateValue { ignoresCase ? lowered(key) : key }
        let order = try sorted(keyed) { (left, right) throws(TemplateFault) in
            try precedes(compared(left.key), compared(right.key))
        }
        var groups: [(key: TemplateValue, items: [TemplateValue])] = []
        for (key, item) in order {
            if let last = groups.last, try equal(compared(last.key), compared(key)) {
                groups[groups.count - 1].items.append(item)
            } else {
                groups.append((key, [item]))
            }
        }
        var result: [TemplateValue] = []
        for (key, items) in groups { result.append(try made([key, try made(items)], .tuple)) }
        return try made(result)
    }

    /// `batch` into lists of a length, `slice` into a number of lists.
    private func cut(
        _ name: String, _ value: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        let isBatch = name == "batch"
        let names = [isBatch ? "linecount" : "slices", "fill_with"]
        let values = try bind(given, name, names, needed: 1)
        let count = try whole(values[0], 1)
        let items = try elements(of: value)
        guard count > 0 else { throw failed("\"\(name)\" by \(count)") }
        try spend(isBatch ? 0 : count)
        guard isBatch || count <= TemplateLimits.rangeMax else { throw failed("that many slices") }
        var parts: [[TemplateValue]] = []
        if isBatch {
            for start in stride(from: 0, to: items.count, by: count) {
                parts.append(Array(items[start..<min(items.count, start + count)]))
            }
        } else {
            let (each, more) = (items.count / count, items.count % count)
            for index in 0..<count {
                let start = index * each + min(index, more)
                parts.append(Array(items[start..<start + each + (index < more ? 1 : 0)]))
            }
        }
        if let fill = values[1], !isNone(fill) {
            let width = isBatch ? count : (items.count + count - 1) / count
            for index in parts.indices where parts[index].count < width {
                try spend(width)
                let lacking = width - parts[index].count
                parts[index] += [TemplateValue](repeating: fill, count: lacking)
            }
        }
        var lists: [TemplateValue] = []
        for part in parts { lists.append(try made(part)) }
        return try made(lists, .generator)
    }

    func isNone(_ value: TemplateValue) -> Bool {
        if case .none = value { true } else { false }
    }

    /// `map`, `select` and their like, which run a filter or a test for every element.
    func choosingFilter(
        _ name: String, _ value: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue? {
        var given = given
        switch name {
        case "map": return try mapped(value, given)
        case "select", "reject", "selectattr", "rejectattr":
            var path: TemplateValue?
            if name.hasSuffix("attr") {
                guard !given.positional.isEmpty else { throw failed("\"\(name)\" needs a member") }
                path = given.positional.removeFirst()
            }
            var test: String?
            if !given.positional.isEmpty {
                test = try string(given.positional.removeFirst(), for: name)
            }
            var kept: [TemplateValue] = []
            // Jinja does not walk through what is false, be it no sequence at all.
            for item in value.isTrue ? try elements(of: value) : [] {
                try spend(1)
                let tested =
                    try path.map { (path) throws(TemplateFault) in
                        try member(path, of: item)
                    } ?? item
                let isKept =
                    try test.map { (test) throws(TemplateFault) in
                        try self.test(test, tested, given)
                    } ?? tested.isTrue
                if isKept == name.hasPrefix("select") { kept.append(item) }
            }
            return try made(kept, .generator)
        default: return nil
        }
    }

    private func mapped(
        _ value: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        var given = given
        var results: [TemplateValue] = []
        let items = value.isTrue ? try elements(of: value) : []
        if given.positional.isEmpty {
            let values = try bind(given, "map", ["attribute", "default"], needed: 1)
            let path = values[0] ?? .none
            for item in items {
                let found = try member(path, of: item)
                if case .undefined = found {
                    results.append(values[1] ?? found)
                } else {
                    results.append(found)
                }
            }
        } else {
            let name = try string(given.positional.removeFirst(), for: "map")
            for item in items { results.append(try filter(name, item, given)) }
        }
        return try made(results, .generator)
    }
}
