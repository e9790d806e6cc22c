import Genome
import Host
import Learn
import Wire

/// Writes the logits of a whole prompt: a safetensors file with the f32 tensor `logits` of shape
/// [prompt length, vocabulary].
struct LogitsFile {
    /// Rows computed before they are written: their logits take some ten megabytes.
    private static let rowsAtOnce = 64

    private let file: File
    private let path: String

    /// A new file; an existing one is not written over.
    init(_ path: String) throws(Failure) {
        self.path = path
        do throws(SystemError) {
            file = try File(path, .createNew, mode: 0o644)
        } catch {
            throw Failure(
                error.isExisting ? .refused : .notFound, "writing \(path) failed",
                why: error.reason,
                remedy: error.isExisting ? "Name a file that does not exist yet" : "")
        }
    }

    /// Runs the prompt and writes every row; a file that cannot be finished is removed.
    func write(_ engine: Engine, _ stack: AdapterStack?, _ prompt: [Int]) throws(Failure) {
        do throws(Failure) {
            try rows(engine, stack, prompt)
        } catch {
            _ = try? Directory.removeFile(path)
            throw error
        }
    }

    private func rows(
        _ engine: Engine, _ stack: AdapterStack?, _ prompt: [Int]
    ) throws(Failure) {
        let columns = engine.model.architecture.vocabulary
        let header = TensorHeader.bytes([("logits", "F32", [prompt.count, columns])])
        try write(header, at: 0)
        var offset = UInt64(header.count)
        let sequence = try inLearn("starting the prompt") { () throws(LearnError) in
            try engine.makeSequence(capacity: prompt.count, adapters: stack)
        }
        for first in stride(from: 0, to: prompt.count, by: Self.rowsAtOnce) {
            let tokens = Array(prompt[first..<min(first + Self.rowsAtOnce, prompt.count)])
            let bytes = try inLearn("running the prompt") { () throws(LearnError) in
                try engine.step([Engine.Part(sequence, tokens, wanted: .all)])
                return engine.resultBytes(tokens.count)
            }
            try write(bytes, at: offset)
            offset += UInt64(bytes.count)
        }
    }

    private func write(_ bytes: [UInt8], at offset: UInt64) throws(Failure) {
        do throws(SystemError) {
            try file.write(bytes, offset: offset)
        } catch {
            throw Failure(
                error.isDiskFull ? .quota : .internal, "writing \(path) failed",
                why: error.reason)
        }
    }
}
