import Host

/// The command `plasmid`: reads its words, does one verb, ends with the exit code of the contract.
@main
enum Main {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        Machine.raiseOpenFiles()
        if let code = Launch.performHidden(words) { Machine.exit(code) }
        let report = Report(
            isJSON: Arguments.wantsJSON(words),
            writeOut: { Machine.write($0 + "\n", to: 1) },
            writeError: { Machine.write($0 + "\n", to: 2) })
        if words.isEmpty || ["--help", "-h", "help"].contains(words[0]) {
            for line in Help.overview() { Machine.write(line + "\n", to: 1) }
            Machine.exit(words.isEmpty ? 2 : 0)
        }
        if words == ["--version"] {
            Machine.write("\(Software.name)\n", to: 1)
            Machine.exit(0)
        }
        do throws(Failure) {
            let arguments = try Arguments.parse(words)
            if arguments.isGiven("help") {
                for line in Help.page(of: arguments.verb) { Machine.write(line + "\n", to: 1) }
                Machine.exit(0)
            }
            Machine.exit(try Launch.perform(arguments, report))
        } catch {
            Machine.exit(report.failed(error))
        }
    }
}
