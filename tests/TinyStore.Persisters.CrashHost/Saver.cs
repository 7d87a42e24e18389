namespace TinyStore.Persisters.CrashHost;

/// <summary>
/// Makes changes with the numbers 1, 2, 3 … and goes on where the place left off. Change n writes n into every row and into a
/// value, so a mixture of two states shows.
/// </summary>
public sealed class Saver(string folder, PlaceKind kind, int seed)
{
    private const int Rows = 16;
    private readonly Random _random = new(seed);
    private readonly Store _store = new();
    private readonly StoreLane _lane = new();
    private StoragePersister? _persister;
    private int _number;

    /// <summary>The number of the change that a store shows; 0 for none.</summary>
    /// <exception cref="InvalidDataException">It shows a mixture.</exception>
    public static int NumberOf(Store store)
    {
        var numbers = store.GetRowIds("t").Select(rowId => store.GetCell("t", rowId, "n")).Append(store.GetValue("n")).Distinct().ToArray();
        return numbers switch
        {
            [null] when store.GetRowCount("t") == 0 => 0,
            [{ } number] when store.GetRowCount("t") == Rows => (int)number.AsDouble(),
            _ => throw new InvalidDataException($"{store.GetRowCount("t")} rows with the numbers {string.Join(", ", numbers)}"),
        };
    }

    public async Task OpenAsync()
    {
        _persister = Places.Persist(folder, kind, _store, _lane.Post);
        _persister.Error += (_, e) => Console.WriteLine($"error {kind} {e.Operation} {e.Exception}");
        await _persister.StartAutoPersistingAsync();
        _number = await _lane.RunAsync(() => NumberOf(_store));
    }

    public async Task SaveAsync()
    {
        while (true)
        {
            for (var count = _random.Next(1, 4); count > 0; count--)
            {
                _number++;
                var filler = new string('x', _random.Next(10) == 0 ? _random.Next(300_000) : _random.Next(100));
                await _lane.RunAsync(() => _store.Transaction(() =>
                {
                    for (var row = 0; row < Rows; row++)
                    {
                        _store.SetCell("t", $"r{row}", "n", _number);
                    }
                    _store.SetValue("n", _number).SetValue("filler", filler);
                }));
            }
            var saved = _number;
            await _persister!.FlushAsync();
            Console.WriteLine($"{kind} {saved}");
        }
    }
}
