import Learn

extension FuzzTarget {
    static let learn: [FuzzTarget] = [tokenizer, splitPattern]

    private static let text = "It's 12 caf\u{e9}\r\n\n  \u{1f469}\u{200d}\u{1f467}\0 <x>  end"

    private static func check(_ tokenizer: Tokenizer, _ text: String) {
        guard let ids = try? tokenizer.encode(text) else { return }
        guard let decoded = try? tokenizer.decode(ids) else { return }
        var stream = tokenizer.makeStream()
        for id in ids { _ = stream.append(id) }
        _ = stream.finish()
        precondition(
            (try? tokenizer.encode(text)) == ids, "the same text becomes other ids")
        _ = (decoded, tokenizer.vocabularySize, tokenizer.beginningID, tokenizer.chatTemplate)
    }

    private static let tokenizer = FuzzTarget(
        "FuzzTokenizer", seeds: [Samples.tokenizer, Samples.spacedTokenizer]
    ) { input in
        guard let tokenizer = try? Tokenizer(json: input) else { return }
        check(tokenizer, text)
    }

    /// The input is a pattern, and also the text that it splits.
    private static let splitPattern = FuzzTarget(
        "FuzzSplitPattern",
        seeds: [
            #"(?i:'s|'t)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|\s+(?!\S)|\s+"#,
            #"(?<=a|bc)[\p{Lu}&&[^A-F]]*?\b|(?>x{2,}+)|\x{1f469}$"#, "(?m:^.)+|a*+|\\u00e9??",
        ].map { Array($0.utf8) }
    ) { input in
        let pattern = String(decoding: input.prefix(200), as: UTF8.self)
        let json = Samples.tokenizer(splitAt: pattern)
        guard let tokenizer = try? Tokenizer(json: json) else { return }
        check(tokenizer, pattern + text)
    }
}
