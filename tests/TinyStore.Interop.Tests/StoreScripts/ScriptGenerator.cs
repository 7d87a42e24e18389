using System.Text.Json.Nodes;

namespace TinyStore.Interop.Tests.StoreScripts;

/// <summary>Makes one random script for <c>store.script</c> from a seed.</summary>
/// <remarks>
/// TinyBase 10.0.1 does not take back what a cell or value was before when that was an object or an array (it comes back
/// deleted, or stays new). Ours does; scripts that roll back keep to scalars, and have no schemas, whose rollback differs too.
/// A schema that is set sets the whole content again, and JavaScript then moves row ids that look like integers to the front:
/// scripts with schemas have none.
/// Where listeners write, no string is reserved: TinyBase takes such a string in the middle of its own setJson. Where they
/// throw, nothing is set as JSON text: TinyBase swallows what is thrown then.
/// </remarks>
internal sealed partial class ScriptGenerator
{
    private static readonly (string Kind, string Ids)[] Kinds =
    [
        ("HasTables", ""), ("Tables", ""), ("TableIds", ""), ("HasTable", "t"), ("Table", "t"), ("TableCellIds", "t"), ("HasTableCell", "tc"),
        ("RowCount", "t"), ("RowIds", "t"), ("HasRow", "tr"), ("Row", "tr"), ("CellIds", "tr"), ("HasCell", "trc"), ("Cell", "trc"), ("InvalidCell", "trc"),
        ("HasValues", ""), ("Values", ""), ("ValueIds", ""), ("HasValue", "v"), ("Value", "v"), ("InvalidValue", "v"),
        ("StartTransaction", ""), ("WillFinishTransaction", ""), ("DidFinishTransaction", ""),
    ];

    private static readonly string[] Scalars =
    [
        "1", "2", "0.5", "-7", "\"text\"", "\"\"", "true", "false", "null", """{"$":"NaN"}""", """{"$":"undefined"}""", """{"$":"-0"}""", "\"\\uFFFD{}\"", "\"\\uFFFC\"",
    ];

    private static readonly string[] PlainScalars = ["1", "-2.5", "1e21", "\"text\"", "\"\\u2028\"", "true", "false", "null"];

    private static readonly string[] Structures = ["""{"b":1,"a":[1,{"c":null}]}""", """{"a":[1,{"c":null}],"b":1}""", "[]", "{}", "[1,2]"];

    private readonly Random _random;
    private readonly Tally _tally;
    private readonly List<string> _listeners = [];
    private readonly bool _rollsBack;
    private readonly bool _hasSchemas;
    private readonly bool _listenersWrite;
    private readonly bool _listenersThrow;
    private bool _hasSortedListener;
    private int _depth;

    public ScriptGenerator(int seed, Tally tally)
    {
        _random = new Random(seed);
        _tally = tally;
        _rollsBack = Chance(2);
        _hasSchemas = !_rollsBack && Chance(2);
        _listenersWrite = Chance(2);
        _listenersThrow = _listenersWrite && _rollsBack && Chance(2);
    }

    public JsonArray Script()
    {
        JsonArray steps = [];
        for (var i = _random.Next(1, 8); i > 0; i--)
        {
            steps.Add(Listen());
        }

        for (var i = _random.Next(5, 30); i > 0; i--)
        {
            steps.Add(Chance(6) ? Begin() : _depth > 0 && Chance(3) ? End() : Step());
        }

        while (_depth > 0)
        {
            steps.Add(End());
        }

        steps.Add(Step("getContent"));
        steps.Add(Step("getSchemaJson"));
        return steps;
    }

    private JsonObject Step() => _random.Next(12) switch
    {
        0 when _hasSchemas => SetSchema(),
        1 or 2 or 3 => Ask(),
        4 when _listeners.Count > 0 => Chance(2) ? Step("callListener", Listener()) : RemoveListener(),
        5 => _hasSortedListener ? Listen() : ListenSorted(),
        _ => Call(),
    };

    private string Listener() => _listeners[_random.Next(_listeners.Count)];

    // Once only: TinyBase gives the freed id to the next listener.
    private JsonObject RemoveListener()
    {
        var name = Listener();
        _listeners.Remove(name);
        return Step("delListener", name);
    }

    private JsonObject Begin()
    {
        _depth++;
        _tally.Add("nested transactions", _depth > 1 ? 1 : 0);
        return new() { ["op"] = "begin" };
    }

    private JsonObject End()
    {
        _depth--;
        var rollback = _rollsBack && Chance(3);
        _tally.Add("transactions rolled back", rollback && _depth == 0 ? 1 : 0);
        return new() { ["op"] = "end", ["rollback"] = rollback };
    }

    private JsonObject Listen()
    {
        var (kind, ids) = Kinds[_random.Next(Kinds.Length)];
        JsonArray arguments = [];
        foreach (var id in ids)
        {
            var isAny = Chance(2);
            _tally.Add("listeners with wildcards", isAny ? 1 : 0);
            arguments.Add(isAny ? null : JsonValue.Create(Id(id)));
        }

        var name = $"{kind}{_random.Next(1_000_000)}";
        _listeners.Add(name);
        var listen = new JsonObject { ["op"] = "listen", ["kind"] = kind, ["args"] = arguments, ["id"] = name, ["mutator"] = Chance(4) };
        if (_listenersWrite && Chance(2))
        {
            _tally.Add("listeners that write");
            listen["steps"] = new JsonArray([.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Chance(4) ? Asked() : Call())]);
            if (_listenersThrow && kind != "StartTransaction" && Chance(4))
            {
                listen["steps"]!.AsArray().Add(new JsonObject { ["op"] = "throw" });
            }
        }

        return listen;
    }

    // Asked by a listener, in the middle of the end of a transaction.
    private JsonObject Asked()
    {
        _depth++;
        var ask = Chance(2) ? Step(Chance(2) ? "getTransactionChanges" : "getTransactionLog") : Ask();
        _depth--;
        return ask;
    }

    private JsonObject ListenSorted()
    {
        _hasSortedListener = true;
        return new() { ["op"] = "listen", ["kind"] = "SortedRowIds", ["args"] = SortArguments(all: true), ["id"] = "SortedRowIds" };
    }

    private JsonObject Call() => _random.Next(28) switch
    {
        0 => Step("setTables", Tables()),
        1 => Step("setTable", Id('t'), Table()),
        2 or 3 => Step("setRow", Id('t'), Id('r'), Row()),
        4 => Step("setPartialRow", Id('t'), Id('r'), Row()),
        5 or 6 or 7 or 8 => Step("setCell", Id('t'), Id('r'), Id('c'), Cell()),
        9 or 10 => _hasSchemas ? Step("setRow", Id('t'), Id('q'), Row()) : Step("addRow", Id('t'), Row()),
        11 => Step("setValues", Values()),
        12 => Step("setPartialValues", Values()),
        13 or 14 => Step("setValue", Id('v'), Cell()),
        15 => Step("delTables"),
        16 => Step("delTable", Id('t')),
        17 => Step("delRow", Id('t'), Id('r')),
        18 or 19 => Step("delCell", Id('t'), Id('r'), Id('c'), Chance(2)),
        20 => Step("delValue", Id('v')),
        21 => Step("delValues"),
        22 => Step("setContent", new JsonArray(Tables(), Values())),
        23 => Step("getRowIds", Id('t')),
        24 => Step("applyChanges", Changes()),
        25 or 26 when _listenersThrow => Step("delTable", Id('t')),
        25 => Step("setJson", new JsonArray(Some('t', () => Some('q', () => Some('c', Plain))), Some('v', Plain)).ToJsonString()),
        26 => Chance(2) ? Step("setTablesJson", Some('t', () => Some('q', () => Some('c', Plain))).ToJsonString()) : Step("setValuesJson", Some('v', Plain).ToJsonString()),
        _ => Step("getCell", Id('t'), Id('r'), Id('c')),
    };

    private static JsonObject Step(string op, params JsonNode?[] arguments) => new() { ["op"] = op, ["args"] = new JsonArray(arguments) };

    private JsonArray Changes() =>
    [
        new JsonObject { [Id('t')] = Chance(5) ? Deleted() : new JsonObject { [Id('r')] = Chance(4) ? Deleted() : new JsonObject { [Id('c')] = Chance(3) ? Deleted() : Cell() } } },
        new JsonObject { [Id('v')] = Chance(3) ? Deleted() : Cell() },
        1,
    ];

    private static JsonObject Deleted() => new JsonObject { ["$"] = "undefined" };

    private JsonObject Tables() => Some('t', Table);

    private JsonObject Table() => Some('r', Row);

    // The cell "n" has numbers only: to sort cells of several kinds is no order in TinyBase.
    private JsonObject Row()
    {
        var row = Some('c', Cell);
        if (Chance(2))
        {
            row["n"] = _random.Next(-3, 4) / 2.0;
        }

        return row;
    }

    private JsonObject Values() => Some('v', Cell);

    private JsonObject Some(char id, Func<JsonNode?> value)
    {
        var result = new JsonObject();
        for (var i = _random.Next(0, 4); i > 0; i--)
        {
            result[Id(id)] = value();
        }

        return result;
    }

    private JsonNode? Cell()
    {
        var values = _rollsBack || Chance(2) ? _listenersWrite ? Scalars[..^2] : Scalars : Structures;
        return JsonNode.Parse(values[_random.Next(values.Length)]);
    }

    private JsonNode? Plain() => JsonNode.Parse(PlainScalars[_random.Next(PlainScalars.Length)]);

    private string Id(char kind) => kind switch
    {
        't' => $"t{_random.Next(2)}",
        'r' => !_hasSchemas && Chance(2) ? $"{_random.Next(3)}" : $"r{_random.Next(2)}",
        // In JSON text: JavaScript moves ids that look like integers to the front.
        'q' => $"r{_random.Next(3)}",
        _ => $"{kind}{_random.Next(3)}",
    };

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;
}
