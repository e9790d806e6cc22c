import Genome

/// Something that did not work, for a person and for a script: what happened, why, what to do.
struct Failure: Error, Equatable {
    /// The kinds that scripts can tell apart.
    enum Code: String, CaseIterable {
        case usage, notFound, refused, licence, unreachable, corrupt, quota, busy, unsupported
        case `internal`
    }

    /// Its kind.
    let code: Code
    /// What happened, as one sentence without a full stop.
    let message: String
    /// Why; empty if the message says it all.
    let why: String
    /// What to do about it; empty if nothing can be done.
    let remedy: String

    init(_ code: Code, _ message: String, why: String = "", remedy: String = "") {
        self.code = code
        self.message = message
        self.why = why
        self.remedy = remedy
    }

    /// Exit code of the command: 2 for a command line that makes no sense, 1 for the rest. What a
    /// signal ended has another one (`Report.stopped`).
    var exitCode: Int32 { code == .usage ? 2 : 1 }

    /// One line for stderr.
    var line: String {
        var text = "plasmid: \(message)"
        if !why.isEmpty { text += ": \(why)" }
        if !remedy.isEmpty { text += ". \(remedy)" }
        return text
    }

    /// The object for stdout with `--json`.
    var json: JSONObject {
        let members: JSONValue = [
            "code": .string(code.rawValue), "message": .string(message), "why": .string(why),
            "do": .string(remedy),
        ]
        var object = JSONObject()
        object["error"] = members
        return object
    }
}

extension Failure {
    /// What is wrong with a layer's documents or files, while doing `what`.
    init(_ error: GenomeError, doing what: String) {
        let code: Code
        var remedy = ""
        switch error {
        case .json, .notCanonical, .field, .envelope: code = .corrupt
        case .tensors:
            code = .corrupt
            remedy = "Write the file again with the safetensors library"
        case .tooLarge, .organization, .assembly: code = .refused
        case .adapter:
            code = .refused
            remedy = "Save the adapter again with PEFT, so that configuration and tensors agree"
        case .licence:
            code = .usage
            remedy = "Give an SPDX expression such as Apache-2.0 or LicenseRef-mine"
        case .reference:
            code = .usage
            remedy = "Give an id, a UUID, label.key/name@version, a name or 8 digits of an id"
        case .sharing(let fault):
            code = fault == .licenceMissing ? .licence : .refused
            remedy = Self.remedy(for: fault)
        }
        self.init(code, "\(what) failed", why: error.description, remedy: remedy)
    }

    private static func remedy(for fault: SharingFault) -> String {
        switch fault {
        case .pickle: "Convert it to safetensors, or move it out of the folder"
        case .linkOutside: "Replace the link by a copy of what it means"
        case .secret: "Remove it; if it is harmless, include the file by name with --include"
        case .badPath, .samePath: "Rename it"
        case .empty: "Name what you want to share with --include"
        case .tooManyFiles: "Share fewer files, or pack them"
        case .notThere: "Give the path as it stands in the folder"
        case .typeUnknown, .typeDiffers: "Say what it is with --type"
        case .licenceMissing: "Say --licence SPDX, or state it in the model card"
        case .nameMissing: "Give one with --name"
        }
    }
}
