import Genome
import Learn
import Wire

/// The base of a training, read anew: its files may have changed since they came.
struct TrainBase {
    /// What it is by its files, as they are now.
    let facts: BaseFacts
    /// The model.
    let model: Model

    /// Hashes and opens a base. A layer of the store whose files are not what its manifest says is
    /// damaged here.
    init(_ part: TrainInputs.Part) throws(Failure) {
        let (files, title) = (part.files, part.files.title)
        do throws(Failure) {
            facts =
                try part.layer == nil
                ? LayerSource.baseFacts(folder: title) : LayerSource.baseFacts(files)
            model = try inLearn("opening \(title)") { () throws(LearnError) in try Model(files) }
        } catch {
            guard let layer = part.layer, [.corrupt, .refused].contains(error.code) else {
                throw error
            }
            throw LayerSource.damagedBase(title, layer, error.why)
        }
        guard let known = part.facts else { return }
        let members = [
            ("base.weights", facts.weights != known.weights),
            ("base.graph", facts.graph != known.graph),
            ("base.tokenizer", facts.tokenizer != known.tokenizer),
        ].filter(\.1).map(\.0)
        guard members.isEmpty else {
            throw LayerSource.damagedBase(
                title, part.layer ?? "",
                "its files differ from its manifest in \(members.joined(separator: ", "))")
        }
    }
}
