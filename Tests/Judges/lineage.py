"""Reads a lineage as other programs do and prints what they saw.

    lineage.py FORMAT < TEXT

FORMAT is dot (pydot), cypher (antlr4_cypher), csv (Python's own csv) or prov
(prov). Files of one format are separated by the character U+001E. Prints the
number of layers and edges and the relations' names as JSON.
"""

import csv
import io
import json
import sys


def dot(text):
    import pydot

    (graph,) = pydot.graph_from_dot_data(text)
    nodes = [node for node in graph.get_nodes() if node.get_name() != "node"]
    # DOT names relations by their type and tells them apart by the line.
    relations = set()
    for edge in graph.get_edges():
        if edge.get("color"):
            relations.add("CONFLICTS_WITH")
        elif edge.get("style") == "dotted":
            relations.add("SYNERGIZES_WITH")
        elif edge.get("style") == "dashed":
            relations.add("DEPENDS_ON")
        else:
            relations.add("EVOLVED_FROM")
    return len(nodes), len(graph.get_edges()), relations


def cypher(text):
    import antlr4
    from antlr4.error.ErrorListener import ErrorListener
    from antlr4_cypher import CypherLexer, CypherParser

    class Strict(ErrorListener):
        def syntaxError(self, recognizer, symbol, line, column, message, error):
            raise SystemExit(f"line {line}: {message}")

    nodes, edges, relations = 0, 0, set()
    for statement in text.strip().split("\n"):
        lexer = CypherLexer(antlr4.InputStream(statement))
        parser = CypherParser(antlr4.CommonTokenStream(lexer))
        for part in (lexer, parser):
            part.removeErrorListeners()
            part.addErrorListener(Strict())
        parser.script()
        if statement.startswith("MERGE (n:Layer"):
            nodes += 1
        else:
            edges += 1
            relations.add(statement.split("[r:")[1].split(" ")[0])
    return nodes, edges, relations


def tables(text):
    first, second = text.split("\x1e")
    nodes = list(csv.reader(io.StringIO(first), strict=True))
    edges = list(csv.DictReader(io.StringIO(second), strict=True))
    assert all(len(row) == len(nodes[0]) for row in nodes), "a row has too few cells"
    ids = {row[0] for row in nodes[1:]}
    for edge in edges:
        assert edge[":START_ID"] in ids and edge[":END_ID"] in ids, "an edge without its end"
        if edge["improvementMetrics"]:
            assert json.loads(edge["improvementMetrics"]) == {"loss": -1.5}
            assert float(edge["confidence:double"]) == 0.5
    return len(nodes) - 1, len(edges), {edge[":TYPE"] for edge in edges}


def prov(text):
    from prov.model import (ProvDerivation, ProvDocument, ProvEntity, ProvInfluence)

    document = ProvDocument.deserialize(content=text, format="json")
    again = ProvDocument.deserialize(content=document.serialize(format="json"), format="json")
    assert document == again, "it changes when written again"
    entities = list(document.get_records(ProvEntity))
    edges = [
        record
        for record in document.get_records()
        if type(record) in (ProvDerivation, ProvInfluence)
    ]
    relations = set()
    for edge in edges:
        relations |= {
            str(value) for name, value in edge.attributes if str(name) == "plasmid:relation"
        }
    return len(entities), len(edges), relations


READERS = {"dot": dot, "cypher": cypher, "csv": tables, "prov": prov}


def main():
    nodes, edges, relations = READERS[sys.argv[1]](sys.stdin.read())
    print(json.dumps({"nodes": nodes, "edges": edges, "relations": sorted(relations)}))


if __name__ == "__main__":
    main()
