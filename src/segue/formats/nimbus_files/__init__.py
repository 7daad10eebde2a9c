"""What files of NimbusImage share: annotations, connections, properties and tags as a study, and back.

``read_study.study_of`` makes a study of the documents of a file, ``fit.fitted`` brings a study into the form that NimbusImage can hold,
``write_study.pieces`` writes it. ``places`` says which column of a table stands where among the values of properties, ``tags`` which text a
population is as a tag, ``positions`` which image set is which stage position.
"""
