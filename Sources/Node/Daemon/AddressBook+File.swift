import Store
import Swarm
import Wire

extension AddressBook {
    /// The book of a home, or an empty one with a new secret. A file that cannot be read keeps no
    /// node from starting: it is moved aside, and the owner is told once.
    static func kept(in file: AddressFile, log: (String) -> Void) -> AddressBook {
        do {
            guard let bytes = try file.read(limit: fileBytesMax) else { return .fresh() }
            return try AddressBook(bytes: bytes)
        } catch {
            let isAside = (try? file.setAside()) != nil
            log(
                "the addresses of other nodes could not be read (\(error)); "
                    + (isAside ? "the file is now \(file.asidePath). " : "")
                    + "This node finds others through its founders and joined nodes; if it meets "
                    + "none: plasmid join TICKET")
            return .fresh()
        }
    }

    /// An empty book with a secret of its own.
    private static func fresh() -> AddressBook {
        AddressBook(secret: Sodium.random(count: secretBytes))
    }
}
