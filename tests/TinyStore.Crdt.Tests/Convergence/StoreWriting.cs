namespace TinyStore.Crdt.Tests.Convergence;

/// <summary>Random writes to a store.</summary>
internal static class StoreWriting
{
    public static void Write(World world, Store store, ref Dice dice, int count)
    {
        var table = "t" + dice.Next(2);
        var row = "r" + dice.Next(3);
        var cell = dice.Next(2) == 0 ? "a" : "b";
        for (var i = 0; i < count; i++)
        {
            WriteOnce(world, store, ref dice, table, row, cell);
        }
    }

    private static void WriteOnce(World world, Store store, ref Dice dice, string table, string row, string cell)
    {
        switch (dice.Next(18))
        {
            case < 5:
                store.SetCell(table, row, cell, world.NextValue());
                break;
            case 5:
                store.SetRow(table, row, new Row { [cell] = world.NextValue(), ["c"] = world.NextValue() });
                break;
            case 6:
                store.SetPartialRow(table, row, new Row { ["a"] = world.NextValue(), ["b"] = world.NextValue() });
                break;
            case 7:
                store.SetTable(table, new Table { [row] = new Row { ["a"] = world.NextValue() }, ["r9"] = new Row { [cell] = world.NextValue() } });
                break;
            case 8:
                world.Tally.UniqueRows++;
                store.AddUniqueRow(table, new Row { ["a"] = world.NextValue(), ["b"] = world.NextValue() });
                break;
            case 9 when world.Options.Deletes:
                store.DeleteCell(table, row, cell);
                break;
            case 10 when world.Options.Deletes:
                store.DeleteRow(table, row);
                break;
            case 11 when world.Options.Deletes:
                if (dice.Next(2) == 0)
                {
                    store.DeleteTable(table);
                }
                else if (store.GetRowIds(table) is { Count: > 0 } rows)
                {
                    store.DeleteRow(table, rows[dice.Next(rows.Count)]);
                }
                break;
            case 12 when world.Options.Deletes:
                if (dice.Next(6) == 0)
                {
                    store.DeleteTables();
                }
                break;
            case 14 when world.Options.Deletes:
                store.DeleteValue("v" + dice.Next(2));
                break;
            case 15 when world.Options.Deletes:
                store.SetValues(new Values { ["v" + dice.Next(3)] = world.NextValue() });
                break;
            case 16 when world.Options.Deletes:
                store.Transaction(() =>
                {
                    store.SetCell(table, row, cell, world.NextValue());
                    store.SetCell(table, row, cell, world.NextValue());
                    store.DeleteRow(table, "r1");
                    store.SetCell("t1", "r1", "a", world.NextValue());
                    store.SetValue("v1", world.NextValue());
                });
                break;
            case 17:
                world.Tally.RolledBack++;
                store.Transaction(() => store.SetCell(table, row, cell, world.NextValue()), null, _ => true);
                break;
            default:
                store.SetValue("v" + dice.Next(2), world.NextValue());
                break;
        }
    }
}
