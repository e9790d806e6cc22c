extension TemplateMachine {
    /// `left == right`.
    func equal(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateFault) -> Bool {
        try spend(1)
        switch (left.plain, right.plain) {
        case (.undefined, .undefined), (.none, .none): return true
        case (.string(let left), .string(let right)):
            try spend(text: left)
            return PythonText.same(left, right)
        case (.list(let left), .list(let right)):
            guard left !== right else { return true }
            guard left.kind == right.kind, left.items.count == right.items.count else {
                return false
            }
            for (left, right) in zip(left.items, right.items) where try !equal(left, right) {
                return false
            }
            return true
        case (.dictionary(let left), .dictionary(let right)):
            guard left !== right else { return true }
            guard left.keys.count == right.keys.count else { return false }
            for (name, value) in zip(left.keys, left.values) {
                guard let other = right[try key(name)], try equal(value, other) else {
                    return false
                }
            }
            return true
        case (.namespace(let left), .namespace(let right)): return left === right
        case (.loop(let left), .loop(let right)): return left === right
        default:
            if let left = left.whole, let right = right.whole { return left == right }
            guard let left = left.double, let right = right.double else { return false }
            return left == right
        }
    }

    /// `left < right`.
    func precedes(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateFault) -> Bool {
        try spend(1)
        switch (left.plain, right.plain) {
        case (.string(let left), .string(let right)):
            try spend(text: left)
            return PythonText.precedes(left, right)
        case (.list(let left), .list(let right)) where left.kind == right.kind:
            for (left, right) in zip(left.items, right.items) where try !equal(left, right) {
                return try precedes(left, right)
            }
            return left.items.count < right.items.count
        case (.undefined(let why), _), (_, .undefined(let why)): throw failed(why)
        default:
            if let left = left.whole, let right = right.whole { return left < right }
            guard let left = left.double, let right = right.double else {
                throw failed("\(left.kind) and \(right.kind) have no order")
            }
            return left < right
        }
    }

    /// One comparison of a chain.
    func compare(
        _ sign: String, _ left: TemplateValue, _ right: TemplateValue
    ) throws(TemplateFault) -> Bool {
        switch sign {
        case "==": return try equal(left, right)
        case "!=": return try !equal(left, right)
        case "<": return try precedes(left, right)
        case ">": return try precedes(right, left)
        case "in": return try contains(right, left)
        case "not in": return try !contains(right, left)
        default:
            let (low, high) = sign == "<=" ? (left, right) : (right, left)
            if let low = low.double, let high = high.double, low.isNaN || high.isNaN {
                return false
            }
            return try !precedes(high, low)
        }
    }

    /// `item in container`.
    func contains(
        _ container: TemplateValue, _ item: TemplateValue
    ) throws(TemplateFault) -> Bool {
        switch container.plain {
        case .string(let text):
            try spend(text: text)
            return PythonText.contains(text, try string(item, for: "in"))
        case .dictionary(let dictionary): return dictionary[try key(item)] != nil
        case .namespace(let namespace):
            guard case .string(let name) = item else { return false }
            return namespace.members[name] != nil
        default:
            for element in try elements(of: container) where try equal(element, item) {
                return true
            }
            return false
        }
    }

    /// What a value is as a key of a dictionary.
    func key(_ value: TemplateValue) throws(TemplateFault) -> TemplateKey {
        try spend(1)
        switch value.plain {
        case .none: return .none
        case .string(let text):
            try spend(text: text)
            return .text(Array(text.utf8))
        case .float(let number): return Int(exactly: number).map { .integer($0) } ?? .number(number)
        case .bool, .integer: return .integer(value.whole ?? 0)
        case .list(let list) where list.kind == .tuple:
            var keys: [TemplateKey] = []
            for item in list.items { keys.append(try key(item)) }
            return .tuple(keys)
        default: throw failed("\(value.kind) cannot be a key")
        }
    }

    /// The items in order; equal ones stay as they are.
    func sorted<Item>(
        _ items: [Item], _ precedes: (Item, Item) throws(TemplateFault) -> Bool
    ) throws(TemplateFault) -> [Item] {
        guard items.count > 1 else { return items }
        let middle = items.count / 2
        let left = try sorted(Array(items[..<middle]), precedes)
        let right = try sorted(Array(items[middle...]), precedes)
        var (from, other) = (0, 0)
        var result: [Item] = []
        while from < left.count, other < right.count {
            if try precedes(right[other], left[from]) {
                result.append(right[other])
                other += 1
            } else {
                result.append(left[from])
                from += 1
            }
        }
        return result + left[from...] + right[other...]
    }

    /// `left + right` and the other signs between two values.
    func binary(
        _ sign: String, _ left: TemplateValue, _ right: TemplateValue
    ) throws(TemplateFault) -> TemplateValue {
        if let marked = try added(sign, left, right) { return marked }
        switch (sign, left.plain, right.plain) {
        case (_, .undefined(let why), _), (_, _, .undefined(let why)): throw failed(why)
        case ("+", .string(let left), .string(let right)):
            try check(textBytes: left.utf8.count + right.utf8.count)
            return try made(left + right)
        case ("+", .list(let left), .list(let right)) where left.kind == right.kind:
            guard left.kind.isSequence, case .list = left.kind else {
                guard left.kind == .tuple else { break }
                return try made(left.items + right.items, .tuple)
            }
            return try made(left.items + right.items)
        case ("*", .string(let text), _) where right.whole != nil:
            return try repeated(text, right.whole ?? 0)
        case ("*", _, .string(let text)) where left.whole != nil:
            return try repeated(text, left.whole ?? 0)
        case ("*", .list(let list), _) where right.whole != nil:
            return try repeated(list, right.whole ?? 0)
        case ("*", _, .list(let list)) where left.whole != nil:
            return try repeated(list, left.whole ?? 0)
        case ("%", .string(let format), _):
            return try made(try formatted(format, with: right))
        default:
            if let left = left.whole, let right = right.whole {
                return try whole(sign, left, right)
            }
            if let left = left.double, let right = right.double {
                return try float(sign, left, right)
            }
        }
        throw failed("\"\(sign)\" between \(left.kind) and \(right.kind)")
    }

    /// `+` where `safe` has marked a side: the other one is escaped.
    private func added(
        _ sign: String, _ left: TemplateValue, _ right: TemplateValue
    ) throws(TemplateFault) -> TemplateValue? {
        func escaped(_ value: TemplateValue) -> String? {
            switch value {
            case .markup(let text): text
            case .string(let text): PythonText.escaped(text)
            default: nil
            }
        }
        switch (sign, left, right) {
        case ("+", .markup, _), ("+", _, .markup):
            guard let first = escaped(left), let second = escaped(right) else { return nil }
            return try made(first + second).marked(like: .markup(""))
        default: return nil
        }
    }

    private func repeated(_ text: String, _ count: Int) throws(TemplateFault) -> TemplateValue {
        let count = max(0, count)
        let (bytes, overflow) = text.utf8.count.multipliedReportingOverflow(by: count)
        try check(textBytes: overflow ? .max : bytes)
        return try made(String(repeating: text, count: text.isEmpty ? 0 : count))
    }

    private func repeated(
        _ list: TemplateList, _ count: Int
    ) throws(TemplateFault) -> TemplateValue {
        let count = max(0, count)
        let (items, overflow) = list.items.count.multipliedReportingOverflow(by: count)
        try spend(overflow ? .max : items)
        guard list.kind.isSequence, !list.items.isEmpty else {
            return try made([], list.kind == .tuple ? .tuple : .list)
        }
        let all = (0..<count).flatMap { _ in list.items }
        return try made(all, list.kind == .tuple ? .tuple : .list)
    }

    private func whole(_ sign: String, _ left: Int, _ right: Int) throws(TemplateFault)
        -> TemplateValue
    {
        let result: (partialValue: Int, overflow: Bool)
        switch sign {
        case "+": result = left.addingReportingOverflow(right)
        case "-": result = left.subtractingReportingOverflow(right)
        case "*": result = left.multipliedReportingOverflow(by: right)
        case "/":
            guard right != 0 else { throw failed("a division by zero") }
            return .float(Double(left) / Double(right))
        case "//", "%":
            guard let divided = PythonNumber.divided(left, right) else {
                throw failed("a division by zero")
            }
            return .integer(sign == "%" ? divided.remainder : divided.quotient)
        default:
            guard right >= 0 else { return try float(sign, Double(left), Double(right)) }
            result = try power(left, right)
        }
        guard !result.overflow else { throw failed("a number beyond 64 bits") }
        return .integer(result.partialValue)
    }

    private func power(
        _ left: Int, _ right: Int
    ) throws(TemplateFault) -> (partialValue: Int, overflow: Bool) {
        if left == 0 || left == 1 || left == -1 {
            return (right == 0 || right % 2 == 0 && left != 0 ? 1 : left, false)
        }
        guard right < 64 else { return (0, true) }
        var result = (partialValue: 1, overflow: false)
        for _ in 0..<right where !result.overflow {
            result = result.partialValue.multipliedReportingOverflow(by: left)
        }
        return result
    }

    private func float(_ sign: String, _ left: Double, _ right: Double) throws(TemplateFault)
        -> TemplateValue
    {
        switch sign {
        case "+": return .float(left + right)
        case "-": return .float(left - right)
        case "*": return .float(left * right)
        case "**":
            guard let power = PythonNumber.power(left, right), power.isFinite else {
                throw failed("a power that cannot be computed")
            }
            return .float(power)
        default:
            guard right != 0 else { throw failed("a division by zero") }
            if sign == "/" { return .float(left / right) }
            if sign == "%" { return .float(PythonNumber.remainder(left, right)) }
            return .float(((left - PythonNumber.remainder(left, right)) / right).rounded())
        }
    }
}
