import Genome
import Learn
import Wire

/// A source as one process tells another: by places on this machine.
extension LayerSource {
    /// The object of a request.
    var json: JSONValue {
        var object = JSONObject()
        object["title"] = .string(title)
        object["files"] = .array(
            files.paths.sorted { $0.key < $1.key }.map {
                TrainInputs.Source(name: $0.key, path: $0.value).json
            })
        object["layer"] = layer.map { .string($0) }
        object["type"] = type.map { .string($0) }
        object["sections"] = .object(sections)
        object["home"] = home.map { .string($0) }
        object["created"] = created.map { .integer($0) }
        object["base"] = base?.json
        object["offers"] = offers?.json
        return .object(object)
    }

    /// The source of such an object.
    init?(_ json: JSONValue) {
        guard let title = json["title"]?.string, let list = json["files"]?.array else {
            return nil
        }
        let places = list.compactMap { TrainInputs.Source($0) }
        guard places.count == list.count else { return nil }
        let paths = Dictionary(
            places.map { ($0.name, $0.path) }, uniquingKeysWith: { first, _ in first })
        self.init(
            files: LayerFiles(paths, title: title), layer: json["layer"]?.string,
            type: json["type"]?.string, sections: json["sections"]?.object ?? JSONObject(),
            home: json["home"]?.string, created: json["created"]?.integer,
            base: json["base"].flatMap { BaseFacts($0) },
            offers: json["offers"].flatMap { BaseFacts($0) }, title: title)
    }
}
