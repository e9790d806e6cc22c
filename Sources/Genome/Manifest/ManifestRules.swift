import Wire

/// The rules of a manifest that go beyond one member at a time.
enum ManifestRules {
    /// Checks all rules and returns what a newer node would be needed for.
    static func check(_ object: JSONObject) throws(GenomeError) -> [String] {
        let known = ManifestSchema.fields
        guard let version = object["manifest"]?.integer else {
            throw .field(path: "manifest", .missing)
        }
        let critical = try criticalNames(object)
        let unknownCritical = critical.filter { name in !known.contains { $0.name == name } }
        let isNewer = version > ManifestSchema.version || !unknownCritical.isEmpty
        if isNewer {
            // A newer format may give later sections another shape, so only the core is read.
            try Schema.checkKnown(object, ManifestSchema.core, at: "")
            try checkFloats(object)
        } else {
            try Schema.object(known).check(.object(object), at: "")
            try checkSections(object)
        }
        try checkFiles(object)
        try checkVisibility(object)
        try checkReferences(object)
        var needs = unknownCritical
        if version > ManifestSchema.version { needs.append("manifest version \(version)") }
        return needs
    }

    private static func criticalNames(_ object: JSONObject) throws(GenomeError) -> [String] {
        guard let value = object["critical"] else { return [] }
        try Schema.list(.plain(64), max: 64, distinct: true).check(value, at: "critical")
        let names = (value.array ?? []).compactMap(\.string)
        for name in names where object[name] == nil && object["extensions"]?[name] == nil {
            throw .field(path: "critical", .notAllowed("names of members that are there"))
        }
        return names
    }

    private static func checkFloats(_ object: JSONObject) throws(GenomeError) {
        try Schema.free.check(.object(object), at: "")
    }

    /// Paths ascend, so that one set of files has one manifest; no two are one file or a file and
    /// its own folder where a filesystem does not tell cases apart.
    private static func checkFiles(_ object: JSONObject) throws(GenomeError) {
        let files = (object["files"]?.array ?? []).compactMap { LayerFile($0) }
        let type = object["type"]?.string
        guard !files.isEmpty || type == "assembly" else {
            throw .field(path: "files", .notAllowed("at least one file"))
        }
        var folded = Set<String>()
        var folders = Set<String>()
        var sizes: [Digest: UInt64] = [:]
        var total: UInt64 = 0
        for (index, file) in files.enumerated() {
            let path = "files[\(index)]"
            guard index == 0 || files[index - 1].path < file.path else {
                throw .field(path: path, .notAllowed("behind the path before it, in byte order"))
            }
            guard folded.insert(file.path.folded).inserted else {
                throw .field(path: "files", .duplicate(file.path.text))
            }
            for folder in file.path.folders {
                folders.insert(folder.uppercased().lowercased())
            }
            guard file.size <= Limits.blobBytesMax else {
                throw .field(path: path + ".size", .notAllowed("at most 1 TiB"))
            }
            guard sizes.updateValue(file.size, forKey: file.blob) ?? file.size == file.size
            else { throw .field(path: path + ".size", .notAllowed("one size for one blob")) }
            total += file.size
            guard total <= UInt64(Schema.integerMax) else {
                throw .tooLarge(what: "layer", limit: Int(Schema.integerMax))
            }
        }
        if let clash = folded.first(where: { folders.contains($0) }) {
            throw .field(path: "files", .duplicate(clash + " as file and as folder"))
        }
    }

    private static func checkVisibility(_ object: JSONObject) throws(GenomeError) {
        let visibility = object["visibility"]?.string
        if visibility == "public" {
            guard object["salt"] == nil else {
                throw .field(path: "salt", .notAllowed("absent in a public layer"))
            }
            guard object["classification"]?.string ?? "public" == "public" else {
                throw .field(path: "visibility", .notAllowed("narrower than public here"))
            }
        } else if object["salt"] == nil {
            throw .field(path: "salt", .missing)
        }
        if visibility != "private", object["licence"]?["expression"] == nil {
            throw .field(path: "licence.expression", .missing)
        }
        try checkTerms(object["licence"])
        if visibility != "organization", object["organization"] != nil {
            throw .field(path: "organization", .notAllowed("absent unless visible to one"))
        }
    }

    /// The short words on commercial use and kind must be what the expression says, where that is
    /// known: they are derived, never a claim of their own.
    private static func checkTerms(_ licence: JSONValue?) throws(GenomeError) {
        guard let text = licence?["expression"]?.string else { return }
        let expression = try LicenceExpression(parsing: text)
        if let claimed = licence?["commercialUse"]?.bool {
            let contradicts: LicenceCatalogue.Answer = claimed ? .no : .yes
            guard LicenceCatalogue.commercialUse(of: expression) != contradicts else {
                throw .field(path: "licence.commercialUse", .notAllowed("what the expression says"))
            }
        }
        if let claimed = licence?["type"]?.string,
            let kind = LicenceCatalogue.kind(of: expression), claimed != kind
        {
            throw .field(path: "licence.type", .notAllowed("\(kind), as the expression says"))
        }
    }

    private static func checkSections(_ object: JSONObject) throws(GenomeError) {
        let type = object["type"]?.string ?? ""
        for owner in ManifestSchema.sectionOwners
        where object[owner.section] != nil && !owner.types.contains(type)
            && !type.hasPrefix("x-")
        {
            throw .field(
                path: owner.section,
                .notAllowed("absent unless the type is \(owner.types.joined(separator: " or "))"))
        }
        if let extensions = object["extensions"], extensions.object == nil {
            throw .field(path: "extensions", .wrongType(expected: "an object"))
        }
        let required: [String] =
            switch type {
            case "lora": ["loraConfig", "weights"]
            case "assembly": ["assembly"]
            default: []
            }
        for section in required where object[section] == nil {
            throw .field(path: section, .missing)
        }
        if object["memoryType"] == "working" {
            throw .field(
                path: "memoryType",
                .notAllowed(
                    "episodic, semantic or procedural: working memory ends with its session"))
        }
        if let assembly = object["assembly"] { _ = try Assembly(assembly) }
        try checkDependencies(object)
        for (index, tool) in (object["specialization"]?["tools"]?.array ?? []).enumerated()
        where tool["parameters"] != nil && tool["parameters"]?.object == nil {
            let path = "specialization.tools[\(index)].parameters"
            throw .field(path: path, .wrongType(expected: "an object"))
        }
    }

    /// A dependency names one layer, or one publisher's layers by name and range.
    private static func checkDependencies(_ object: JSONObject) throws(GenomeError) {
        for (index, dependency) in (object["dependencies"]?.array ?? []).enumerated() {
            let named = ["publisher", "name", "range"].filter { dependency[$0] != nil }
            guard dependency["layer"] == nil ? named.count == 3 : named.isEmpty else {
                throw .field(
                    path: "dependencies[\(index)]",
                    .notAllowed("either a layer, or publisher, name and range"))
            }
        }
    }

    /// Paths named in sections are files of the layer; connections join layers of the assembly.
    private static func checkReferences(_ object: JSONObject) throws(GenomeError) {
        let paths = Set((object["files"]?.array ?? []).compactMap { $0["path"]?.string })
        func check(_ list: JSONValue?, _ path: String) throws(GenomeError) {
            for text in (list?.array ?? []).compactMap(\.string) where !paths.contains(text) {
                throw .field(path: path, .notAllowed("paths of the layer's files"))
            }
        }
        try check(object["weights"]?["files"], "weights.files")
        for member in object["content"]?.object?.members ?? [] {
            try check(member.value, "content.\(PlainText.shown(member.name))")
        }
    }
}
