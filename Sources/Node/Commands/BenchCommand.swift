/// `plasmid bench`: measures this machine.
enum BenchCommand {
    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let name = arguments.operand(0) ?? ""
        throw Failure(.unsupported, "there is no bench \(name)")
    }
}
