namespace TinyStore;

public sealed partial class Store
{
    // A null schema is none. They are replaced, never changed, so a backup is a reference.
    private OrderedDictionary<string, SchemaRules>? _tablesSchema;
    private SchemaRules? _valuesSchema;
    private SchemaBackup? _schemaBackup;

    /// <summary>Whether the tables have a schema.</summary>
    public bool HasTablesSchema() => _tablesSchema is not null;

    /// <summary>Whether the values have a schema.</summary>
    public bool HasValuesSchema() => _valuesSchema is not null;

    /// <summary>
    /// Gives the tables a schema, instead of the one they had, and fits what is there to it: unknown tables and cells go, wrong
    /// contents go or become the default, missing defaults come. Does nothing where no table in it has a cell.
    /// </summary>
    /// <exception cref="ArgumentException">A default does not fit its own schema.</exception>
    public Store SetTablesSchema(TablesSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        foreach (var (tableId, table) in schema)
        {
            CheckDefaults(table, $"table \"{tableId}\", cell", nameof(schema));
        }
        return Write(schema, static (store, schema) => store.SetTablesSchemaCore(schema));
    }

    /// <summary>Gives the values a schema, instead of the one they had, and fits what is there to it. Does nothing where the
    /// schema is empty.</summary>
    /// <exception cref="ArgumentException">A default does not fit its own schema.</exception>
    public Store SetValuesSchema(ValuesSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        CheckDefaults(schema, "value", nameof(schema));
        return Write(schema, static (store, schema) => store.SetValuesSchemaCore(schema));
    }

    /// <summary>Both <see cref="SetTablesSchema"/> and <see cref="SetValuesSchema"/>, in one transaction.</summary>
    public Store SetSchema(TablesSchema tablesSchema, ValuesSchema valuesSchema) =>
        Write((tablesSchema, valuesSchema), static (store, p) => store.SetTablesSchema(p.tablesSchema).SetValuesSchema(p.valuesSchema));

    /// <summary>Takes the schema from the tables. What is there stays.</summary>
    public Store DeleteTablesSchema()
    {
        if (Begin())
        {
            BackUpSchemas();
            _tablesSchema = null;
            End();
        }
        return this;
    }

    /// <summary>Takes the schema from the values. What is there stays.</summary>
    public Store DeleteValuesSchema()
    {
        if (Begin())
        {
            BackUpSchemas();
            _valuesSchema = null;
            End();
        }
        return this;
    }

    /// <summary>Both <see cref="DeleteTablesSchema"/> and <see cref="DeleteValuesSchema"/>, in one transaction.</summary>
    public Store DeleteSchema()
    {
        if (Begin())
        {
            DeleteTablesSchema().DeleteValuesSchema();
            End();
        }
        return this;
    }

    /// <summary>The schema of the tables as JSON; <c>{}</c> if there is none.</summary>
    public string GetTablesSchemaJson()
    {
        using var text = new JsonText();
        SchemaJson.Write(text, _tablesSchema);
        return text.ToString();
    }

    /// <summary>The schema of the values as JSON; <c>{}</c> if there is none.</summary>
    public string GetValuesSchemaJson()
    {
        using var text = new JsonText();
        SchemaJson.Write(text, _valuesSchema);
        return text.ToString();
    }

    /// <summary>Both schemas as a JSON array.</summary>
    public string GetSchemaJson() => $"[{GetTablesSchemaJson()},{GetValuesSchemaJson()}]";

    private void SetTablesSchemaCore(TablesSchema schema)
    {
        var rules = new OrderedDictionary<string, SchemaRules>(StringComparer.Ordinal);
        foreach (var tableId in _tablesSchema?.Keys ?? Enumerable.Empty<string>())
        {
            if (schema.TryGetValue(tableId, out var table) && table.Count > 0)
            {
                rules.Add(tableId, new SchemaRules(table, _tablesSchema![tableId]));
            }
        }
        foreach (var (tableId, table) in schema)
        {
            if (table.Count > 0)
            {
                rules.TryAdd(tableId, new SchemaRules(table));
            }
        }
        if (rules.Count == 0)
        {
            return;
        }
        BackUpSchemas();
        _tablesSchema = rules;
        if (_tables.Count > 0)
        {
            var tables = GetTables();
            DeleteTablesCore();
            SetTablesCore(tables);
        }
    }

    private void SetValuesSchemaCore(ValuesSchema schema)
    {
        if (schema.Count == 0)
        {
            return;
        }
        BackUpSchemas();
        var values = GetValues();
        _valuesSchema = null;
        RemoveValues(null);
        _valuesSchema = new SchemaRules(schema);
        SetValuesCore(values);
    }

    private void BackUpSchemas() => _schemaBackup ??= new SchemaBackup(_tablesSchema, _valuesSchema);

    private void RestoreSchemas()
    {
        if (_schemaBackup is { } backup)
        {
            (_tablesSchema, _valuesSchema) = (backup.Tables, backup.Values);
        }
    }

    private bool TryGetDefault(string tableId, string cellId, out CellValue value)
    {
        var found = _tablesSchema?.GetValueOrDefault(tableId)?.Find(cellId)?.Default;
        value = found.GetValueOrDefault();
        return found is not null;
    }

    // The row has one cell, which was just set: it gets the defaults, and what else is missing is noted.
    private void AddDefaults(TableData table, int index, string rowId, int hash, string cellId)
    {
        if (_tablesSchema!.GetValueOrDefault(table.Id) is not { } rules)
        {
            return;
        }
        foreach (var (id, value) in rules.Defaults)
        {
            if (id != cellId)
            {
                SetCellOfRow(table, index, rowId, hash, id, value, 0);
            }
        }
        foreach (var id in rules.WithoutDefault)
        {
            if (id != cellId)
            {
                CellInvalid(table.Id, rowId, id);
            }
        }
    }

    private static void CheckDefaults(OrderedDictionary<string, CellSchema> schemas, string where, string parameter)
    {
        foreach (var (id, schema) in schemas)
        {
            if (!schema.HasValidDefault)
            {
                throw new ArgumentException(
                    $"The default of {where} \"{id}\" is {schema.Default!.Value.ToJson()} ({schema.Default.Value.Kind}), which its own schema does not allow. Give it one of the allowed types or contents"
                    + (schema.Default.Value.IsNull ? ", or set AllowNull." : "."), parameter);
            }
        }
    }
}
