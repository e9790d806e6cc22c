import Genome

/// A conversation as tokens, with the labels of what is learned of it.
///
/// What the assistant says is what the template marks with `{% generation %}`. Where it marks
/// nothing, it is what the template writes more when a message of the assistant is added: the
/// conversation is rendered up to each of them and with it, and both must be the beginning of the
/// whole.
struct ChatExample {
    let format: ChatFormat
    let tokenizer: Tokenizer
    let settings: DataSettings
    /// Most bytes that the template may write, all beginnings together.
    var renderedBytesMax = DataLimits.renderedBytesMax

    /// The tokens and labels of a conversation.
    func example(
        _ messages: [JSONValue], tools: JSONValue?
    ) throws(RecordFault) -> (tokens: [UInt32], isLearned: [Bool]) {
        let chat = try render(messages[...], tools: tools, addGenerationPrompt: false)
        let ids: [UInt32]
        do throws(LearnError) {
            // The template has put the special tokens itself; adding them would double them.
            ids = try tokenizer.encode(chat.text, addSpecial: false)
        } catch {
            throw .refused(error.description)
        }
        guard settings.learned == .assistant else {
            return (ids, [Bool](repeating: true, count: ids.count))
        }
        let said =
            chat.generated.isEmpty
            ? try answers(in: messages, tools: tools, whole: chat.text) : chat.generated
        var isLearned = [Bool](repeating: false, count: ids.count)
        var edges = TokenEdges(chat.text, ids, tokenizer)
        for range in said where !range.isEmpty {
            let first = try edges.countEnding(by: range.lowerBound)
            let end = try edges.countBeginning(before: range.upperBound)
            for index in first..<max(first, end) { isLearned[index] = true }
        }
        return (ids, isLearned)
    }

    /// What the assistant said, in code points of the whole, by rendering beginnings of it.
    private func answers(
        in messages: [JSONValue], tools: JSONValue?, whole: String
    ) throws(RecordFault) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var bytesLeft = renderedBytesMax - whole.utf8.count
        for (index, message) in messages.enumerated() where message["role"] == "assistant" {
            let before = try render(
                messages[..<index], tools: tools, addGenerationPrompt: true
            ).text
            let isLast = index + 1 == messages.count
            let after =
                isLast
                ? whole
                : try render(messages[...index], tools: tools, addGenerationPrompt: false).text
            guard whole.utf8.starts(with: after.utf8) else {
                throw .answerChanges(message: index)
            }
            guard after.utf8.starts(with: before.utf8) else {
                throw .answerBegins(message: index)
            }
            bytesLeft -= before.utf8.count + (isLast ? 0 : after.utf8.count)
            guard bytesLeft >= 0 else {
                throw .tooMuchWork(what: "bytes are written", limit: renderedBytesMax)
            }
            ranges.append(before.unicodeScalars.count..<after.unicodeScalars.count)
        }
        return ranges
    }

    private func render(
        _ messages: ArraySlice<JSONValue>, tools: JSONValue?, addGenerationPrompt: Bool
    ) throws(RecordFault) -> RenderedChat {
        do throws(LearnError) {
            return try format.render(
                messages: .array(Array(messages)), tools: tools,
                addGenerationPrompt: addGenerationPrompt, now: settings.date)
        } catch {
            throw .refused(error.description)
        }
    }
}
